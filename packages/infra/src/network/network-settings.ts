import { z } from 'zod';
import { checkedText } from '../settings-faults.ts';
import { parseCidr } from './cidr.ts';

/** Services that private subnets can reach without leaving the VPC. */
export const endpointServices = [
  's3',
  'secretsmanager',
  'logs',
  'monitoring',
  'kms',
  'sts',
  'ssm',
  'ssmmessages',
  'ec2messages',
  'rds',
] as const;

export type EndpointService = (typeof endpointServices)[number];

/** IPv4 block of a VPC, /16 to /24. Each subnet takes a sixteenth of it. */
export const vpcCidr = checkedText((cidr) => {
  const prefix = parseCidr(cidr)?.prefix ?? 0;
  return prefix < 16 || prefix > 24 ? 'is not a block of /16 to /24' : undefined;
});

/** A VPC that exists already, with its own routes, flow logs and endpoints. */
export const existingNetworkSettings = z.strictObject({
  /** `vpc-...`. */
  vpcId: z.string(),
  /** Subnets for the database, in 2 zones or more; in 3 for a Multi-AZ DB cluster. */
  databaseSubnetIds: z.array(z.string()).readonly(),
  /** Subnets for the bastion, the rotation of passwords, and clients. */
  privateSubnetIds: z.array(z.string()).readonly(),
  /** Security group of its endpoints `ssm`, `ssmmessages` and `secretsmanager`. Default: NAT reaches these services. */
  endpointSecurityGroupId: z.string().optional(),
});

/** Settings of a network. */
export const networkSettings = z.strictObject({
  /** Of an environment: how many of its zones to use, 2 or 3. */
  zoneCount: z.union([z.literal(2), z.literal(3)]),
  /** IPv4 block of the VPC, /16 to /24. Each subnet takes a sixteenth of it. Default `10.0.0.0/16`. */
  cidr: vpcCidr.optional(),
  /**
   * NAT gateways by which private subnets reach the internet: `per-zone`, a `single` one, or `none`. Default `per-zone`:
   * the loss of a zone does not cut off the others.
   */
  nat: z.enum(['per-zone', 'single', 'none']).optional(),
  /**
   * Services that private subnets reach without leaving the VPC: `s3`, `secretsmanager`, `logs`, `monitoring`, `kms`,
   * `sts`, `ssm`, `ssmmessages`, `ec2messages`, `rds`. Default `['s3']`: S3 is free.
   */
  endpoints: z
    .array(
      z.enum(endpointServices, {
        error: ({ input }) =>
          `there is no endpoint ${JSON.stringify(input)}; there are ${endpointServices.join(', ')}`,
      }),
    )
    .readonly()
    .optional(),
  /** Whether each connection of the VPC is logged. Default true. */
  flowLogs: z.boolean().optional(),
  /**
   * Of an environment: a VPC that exists already. `zoneCount` and `nat` then have no effect, and the other options are
   * refused. Default: a new VPC.
   */
  existing: existingNetworkSettings.optional(),
});

export type NetworkSettings = z.input<typeof networkSettings>;
export type ExistingNetwork = z.input<typeof existingNetworkSettings>;
