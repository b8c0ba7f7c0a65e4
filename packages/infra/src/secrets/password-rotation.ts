import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation/index.js';
import { Construct } from 'constructs';
import type { PostgresCluster } from '../cluster/postgres-cluster.ts';
import { PostgresInstance } from '../database/postgres-instance.ts';
import { refuseFaults } from '../faults.ts';
import { settingsFaults } from '../settings-faults.ts';
import { type RotationSettings, rotationSettings } from './rotation-settings.ts';
import { RotationFunction, type RotationFunctionProps } from './rotation-function.ts';

export interface PasswordRotationProps
  extends RotationSettings, Pick<RotationFunctionProps, 'network' | 'clientSecurityGroup'> {
  /** Whose administrator's password is rotated. */
  readonly database: PostgresInstance | PostgresCluster;
}

/**
 * A new administrator's password every so often. RDS rotates those that it manages; for the others it makes AWS's
 * function for RDS for PostgreSQL, in private subnets.
 *
 * The first rotation comes after the interval; Secrets Manager tests the function at once.
 */
export class PasswordRotation extends Construct {
  readonly rotation: SecretsmanagerSecretRotation;
  /** Undefined where RDS rotates. */
  readonly rotationFunction: RotationFunction | undefined;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: PasswordRotationProps) {
    super(scope, id);
    const { database, afterDays = 30, network } = props;
    const { name, settings } = database;
    const adminPassword = database instanceof PostgresInstance ? database.adminPassword : undefined;
    refuseFaults(`PasswordRotation of "${name}"`, [
      ...settingsFaults(rotationSettings, props),
      adminPassword !== undefined &&
        network.secretsManager === 'none' &&
        'private subnets do not reach Secrets Manager: add the endpoint secretsmanager or NAT, or leave rotation out',
    ]);
    const schedule = {
      secretId: database.secretArn,
      rotateImmediately: false,
      rotationRules: { automaticallyAfterDays: afterDays },
    };
    if (adminPassword === undefined) {
      this.rotation = new SecretsmanagerSecretRotation(this, 'rotation', schedule);
      return;
    }
    const address = adminPassword.addAddress({ host: database.writerEndpoint, port: database.port });
    this.rotationFunction = new RotationFunction(this, 'function', {
      ...props,
      name: `${name}-rotation`,
      keyArn: settings.encryption.keyArn,
      logRetentionDays: settings.logRetentionDays,
    });
    this.rotation = new SecretsmanagerSecretRotation(this, 'rotation', {
      ...schedule,
      rotationLambdaArn: this.rotationFunction.arn,
      dependsOn: [address],
    });
  }
}
