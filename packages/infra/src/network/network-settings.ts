import { z } from 'zod';
import { checkedText } from '../settings-faults.ts';
import { parseCidr } from './cidr.ts';
import { endpointServices } from './endpoint-services.ts';

/** IPv4 block of a VPC, /16 to /24. Each subnet takes a sixteenth of it. */
export const vpcCidr = checkedText((cidr) => {
  const prefix = parseCidr(cidr)?.prefix ?? 0;
  return prefix < 16 || prefix > 24 ? 'is not a block of /16 to /24' : undefined;
});

/** A VPC that exists already. Its routes, flow logs and endpoints stay the business of whoever made it. */
export const existingNetworkSettings = z.strictObject({
  vpcId: z.string(),
  databaseSubnetIds: z.array(z.string()).readonly(),
  /** Subnets for the bastion, for the rotation of passwords, and for clients. */
  privateSubnetIds: z.array(z.string()).readonly(),
  /** Group of its endpoints `ssm`, `ssmmessages` and `secretsmanager`. Default: they are reached by NAT. */
  endpointSecurityGroupId: z.string().optional(),
});

/** What can be chosen of a network. */
export const networkSettings = z.strictObject({
  /** Zones to spread over. */
  zoneCount: z.union([z.literal(2), z.literal(3)]),
  /** IPv4 block of the VPC, /16 to /24. Each subnet takes a sixteenth of it. Default `10.0.0.0/16`. */
  cidr: vpcCidr.optional(),
  /**
   * How private subnets reach the internet: by one NAT gateway a zone, by a single one, or not at all. Default
   * `per-zone`: the loss of a zone takes no other zone's way out.
   */
  nat: z.enum(['per-zone', 'single', 'none']).optional(),
  /** Services that private subnets reach without leaving the VPC. Default `['s3']`, which costs nothing. */
  endpoints: z
    .array(
      z.enum(endpointServices, {
        error: ({ input }) =>
          `there is no endpoint ${JSON.stringify(input)}; there are ${endpointServices.join(', ')}`,
      }),
    )
    .readonly()
    .optional(),
  /** Default true. */
  flowLogs: z.boolean().optional(),
  /** A VPC that is there already. `zoneCount` and `nat` then mean nothing, and the rest is refused. */
  existing: existingNetworkSettings.optional(),
});

export type NetworkSettings = z.input<typeof networkSettings>;
export type ExistingNetwork = z.input<typeof existingNetworkSettings>;
