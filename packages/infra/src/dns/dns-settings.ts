import { z } from 'zod';
import { checkedText, whole } from '../settings-faults.ts';

/** Names of a database in a zone. */
export const dnsSettings = z.strictObject({
  /** Domain of the names: `shop.internal`. */
  zoneName: checkedText(
    (name) =>
      !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(name) &&
      'is not a domain such as shop.internal',
  ),
  /** A zone that holds `zoneName` already. Default: a private zone is made, for this VPC alone. */
  zoneId: z.string().optional(),
  /** Seconds that a name may be kept. Default 5: RDS's own endpoints change within a failover. */
  ttlSeconds: whole(0, 60, '0 to 60 is needed, because clients would miss a failover').optional(),
});

export type DnsSettings = z.input<typeof dnsSettings>;
