import type { ClientBase } from 'pg';
import { finishStock } from '../fulfilment/seed-stock.ts';
import { startPromotions } from '../promotion/seed.ts';
import type { ShopContext } from './shop-context.ts';

/** Tables with a ledger's id, and the sequence of order numbers. */
const SEQUENCES: [table: string, column: string][] = [
  ['sales_order', 'number'],
  ['order_status_history', 'id'],
  ['stock_movement', 'id'],
  ['outbox_event', 'id'],
  ['audit_log', 'id'],
];

/** What cannot be loaded row by row: sums over all orders, ranges and sequences. */
export async function finishShop(client: ClientBase, context: ShopContext): Promise<void> {
  await finishStock(client, context);
  await startPromotions(client, context);
  for (const [table, column] of SEQUENCES) {
    await client.query(
      `select setval(sequence, greatest(top, pg_sequence_last_value(sequence)))
         from (select pg_get_serial_sequence('${table}', '${column}')::regclass as sequence,
                      (select max(${column}) from ${table}) as top) as s
        where top is not null`,
    );
  }
}
