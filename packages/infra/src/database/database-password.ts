import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

export interface DatabasePasswordProps {
  /** Whose password it is, in the name of the secret: `shop-admin`. */
  readonly name: string;
  readonly description: string;
  readonly username: string;
  readonly keyArn: string;
  /** Raise it to have a new password made. */
  readonly version: number;
}

/**
 * A password that Secrets Manager makes and keeps, for whom RDS can't manage one: users behind a proxy, and the
 * administrator of an instance with read replicas (limitations in RDS's guide, "Password management with Secrets
 * Manager").
 *
 * It passes through ephemeral resources and write-only arguments, so neither plan nor state ever holds it. It is
 * read back from the secret rather than used as made: an apply that broke off in between can be repeated.
 */
export class DatabasePassword extends Construct {
  readonly secret: SecretsmanagerSecret;
  /** Expression for the write-only password of the database. */
  readonly expression: string;

  constructor(scope: Construct, id: string, props: DatabasePasswordProps) {
    super(scope, id);
    const { name, username, keyArn, version } = props;
    this.secret = new SecretsmanagerSecret(this, 'secret', {
      // A prefix: the name of a deleted secret stays taken for a month.
      namePrefix: `${name}-`,
      description: props.description,
      kmsKeyId: keyArn,
    });
    const unique = this.secret.friendlyUniqueId;
    const made = `aws_secretsmanager_random_password.${unique}`;
    const kept = `aws_secretsmanager_secret_version.${unique}`;
    const current = new SecretsmanagerSecretVersion(this, 'version', {
      secretId: this.secret.id,
      // The shape of the secrets that RDS manages.
      secretStringWo: `\${jsonencode({ "username" = "${username}", "password" = ephemeral.${made}.random_password })}`,
      secretStringWoVersion: version,
    });
    const stack = TerraformStack.of(this);
    // Without punctuation it needs no escaping in a URL; 40 letters and digits are 238 bits.
    stack.addOverride(`ephemeral.${made}`, {
      password_length: 40,
      exclude_punctuation: true,
      // Always empty, but unknown before there is a secret: a first plan then asks nothing of AWS.
      exclude_characters: `\${substr(aws_secretsmanager_secret.${unique}.id, 0, 0)}`,
    });
    stack.addOverride(`ephemeral.${kept}`, {
      secret_id: `\${aws_secretsmanager_secret_version.${current.friendlyUniqueId}.secret_id}`,
    });
    this.expression = `\${jsondecode(ephemeral.${kept}.secret_string).password}`;
  }
}
