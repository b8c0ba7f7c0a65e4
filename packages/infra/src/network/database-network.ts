import { Token } from 'cdktf';
import type { ExistingNetwork } from './network-settings.ts';

/** What a database needs to know of a network. A VPC that exists already can be given as such an object. */
export interface DatabaseNetwork {
  readonly vpcId: string;
  readonly databaseSubnetIds: readonly string[];
}

/** How private subnets reach a service of AWS: by endpoints behind a security group, by NAT, or not at all. */
export type ServiceAccess = { readonly securityGroupId: string } | 'internet' | 'none';

/** What an environment needs to know of its network. */
export interface EnvironmentNetwork extends DatabaseNetwork {
  readonly privateSubnetIds: readonly string[];
  /** For the bastion. */
  readonly systemsManager: ServiceAccess;
  /** For the function that rotates a password. */
  readonly secretsManager: ServiceAccess;
}

/** What is wrong with a VPC that was named, as sentences. */
export function existingNetworkFaults(existing: ExistingNetwork): (string | false)[] {
  const { vpcId, databaseSubnetIds, privateSubnetIds } = existing;
  const known = (id: string, kind: string) =>
    Token.isUnresolved(id) || id.startsWith(`${kind}-`) || id.startsWith('${');
  return [
    !known(vpcId, 'vpc') && `existing.vpcId "${vpcId}" is not the id of a VPC`,
    databaseSubnetIds.length < 2 &&
      `existing.databaseSubnetIds has ${databaseSubnetIds.length}; RDS needs subnets in 2 zones or more`,
    privateSubnetIds.length === 0 &&
      'existing.privateSubnetIds is empty: the bastion and clients need a subnet',
    ...[...databaseSubnetIds, ...privateSubnetIds].map(
      (id) => !known(id, 'subnet') && `"${id}" is not the id of a subnet`,
    ),
  ];
}
