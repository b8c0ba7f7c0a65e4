import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import type { Construct } from 'constructs';
import type { DatabaseNetwork } from '../network/database-network.ts';
import { securityGroup } from '../network/security-group.ts';

/** Where a database is in its network: its subnets, and a security group that has no rule of its own. */
export function databasePlace(
  scope: Construct,
  { name, network }: { name: string; network: DatabaseNetwork },
): { securityGroup: SecurityGroup; subnetGroup: DbSubnetGroup } {
  const group = securityGroup(scope, 'security-group', {
    name: `${name}-database`,
    description: `The database ${name}`,
    vpcId: network.vpcId,
  });
  const subnetGroup = new DbSubnetGroup(scope, 'subnet-group', {
    name,
    description: `Database subnets of ${name}`,
    subnetIds: [...network.databaseSubnetIds],
  });
  return { securityGroup: group, subnetGroup };
}
