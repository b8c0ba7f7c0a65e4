import { Signer } from '@aws-sdk/rds-signer';

export interface IamTokenOptions {
  readonly region: string;
  /** Endpoint of the instance, cluster or proxy. */
  readonly host: string;
  readonly port: number;
  /** Database user with the role `rds_iam`. */
  readonly user: string;
}

/**
 * A password for a database user who logs in with IAM. It opens new connections for 15 minutes. It is signed with the
 * credentials of the SDK, without a request to AWS.
 *
 * @example
 * ```ts
 * import { iamToken } from '@ecommerce-dms/aws/login';
 *
 * const host = 'billing.abc123.eu-west-1.rds.amazonaws.com';
 * const password = await iamToken({ region: 'eu-west-1', host, port: 15432, user: 'app' });
 * ```
 */
export function iamToken({ region, host, port, user }: IamTokenOptions): Promise<string> {
  return new Signer({ region, hostname: host, port, username: user }).getAuthToken();
}
