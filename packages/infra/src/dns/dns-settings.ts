import { z } from 'zod';
import { checkedText, whole } from '../settings-faults.ts';

/** Settings of the DNS names of a database. */
export const dnsSettings = z.strictObject({
  /** Domain of the names `writer` and `reader`, such as `shop.internal`. */
  zoneName: checkedText(
    (name) =>
      !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(name) &&
      'is not a domain such as shop.internal',
  ),
  /** A hosted zone that exists already and contains `zoneName`. Default: a new private zone for this VPC. */
  zoneId: z.string().optional(),
  /** Seconds for which clients may cache a name, 0 to 60. Default 5: RDS's own endpoints change during a failover. */
  ttlSeconds: whole(0, 60, '0 to 60 is needed, because clients would miss a failover').optional(),
});

export type DnsSettings = z.input<typeof dnsSettings>;
