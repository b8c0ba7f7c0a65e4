import type { ProviderKind } from '@ecommerce-dms/entities';
import { withClient } from '../database/with-client.ts';
import type { MixedLoad } from './mixed-load.ts';

/** What happened to an order: at the provider without the shop, a payment that was taken at once, a credit of all. */
export type Cause = ProviderKind | 'paid-at-once' | 'credited-whole';

/** What happened to orders, by their ids. */
export async function causesOf(
  url: string,
  { settlement: { interference }, tally }: MixedLoad,
): Promise<Map<string, Set<Cause>>> {
  const { payments, credited } = await withClient(url, async (client) => {
    const payments = await client.query<{ orderId: string; reference: string }>(
      'select order_id as "orderId", provider_reference as reference from payment where provider_reference = any($1)',
      [[...interference.keys()]],
    );
    const credited = await client.query<{ id: string }>(
      `select o.id from sales_order o join credit_note n on n.order_id = o.id
       group by o.id having sum(n.net_minor + n.tax_minor) >= o.total_minor`,
    );
    return { payments: payments.rows, credited: credited.rows };
  });
  const causes = new Map<string, Set<Cause>>();
  const note = (id: string, cause: Cause) => causes.set(id, (causes.get(id) ?? new Set()).add(cause));
  for (const id of tally.paidAtOnce) note(id, 'paid-at-once');
  for (const { id } of credited) note(id, 'credited-whole');
  for (const { orderId, reference } of payments) {
    for (const kind of interference.get(reference) ?? []) note(orderId, kind);
  }
  return causes;
}
