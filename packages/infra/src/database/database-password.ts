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
  readonly #props: DatabasePasswordProps;

  constructor(scope: Construct, id: string, props: DatabasePasswordProps) {
    super(scope, id);
    this.#props = props;
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

  /**
   * Puts the address of the database beside the password, in a second version of the secret: AWS's rotation functions
   * look for it there, and it is known only once the database has been made with the first. `host` is a reference.
   */
  addAddress({ host, port }: { host: string; port: number }): SecretsmanagerSecretVersion {
    const { username, version } = this.#props;
    return new SecretsmanagerSecretVersion(this, 'address', {
      secretId: this.secret.id,
      secretStringWo: `\${jsonencode({ "engine" = "postgres", "host" = ${host}, "port" = ${port}, "username" = "${username}", "password" = "${this.expression}" })}`,
      secretStringWoVersion: version,
    });
  }
}
