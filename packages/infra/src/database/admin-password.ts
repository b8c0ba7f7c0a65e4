import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

export interface AdminPasswordProps {
  readonly name: string;
  readonly username: string;
  readonly keyArn: string;
  /** Raise it to have a new password made. */
  readonly version: number;
}

/**
 * A password that Secrets Manager makes and keeps, for databases whose password RDS can't manage: RDS refuses read
 * replicas of a source with a managed password (limitations in its guide, "Password management with Secrets Manager").
 *
 * It passes through ephemeral resources and write-only arguments, so neither plan nor state ever holds it. It is
 * read back from the secret rather than used as made: an apply that broke off in between can be repeated.
 */
export class AdminPassword extends Construct {
  readonly secret: SecretsmanagerSecret;
  /** Expression for the write-only password of the database. */
  readonly expression: string;

  constructor(scope: Construct, id: string, props: AdminPasswordProps) {
    super(scope, id);
    const { name, username, keyArn, version } = props;
    this.secret = new SecretsmanagerSecret(this, 'secret', {
      // A prefix: the name of a deleted secret stays taken for a month.
      namePrefix: `${name}-admin-`,
      description: `Administrator of the database ${name}`,
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
