import type { ClientBase } from 'pg';
import { finishStock } from '../fulfilment/seed-stock.ts';
import { startPromotions } from '../promotion/seed.ts';
import { int8 } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { ShopContext } from './shop-context.ts';

/** Tables with a ledger's id, and the sequences of numbers. */
const sequences = [
  { table: 'sales_order', column: 'number' },
  { table: 'credit_note', column: 'number' },
  { table: 'order_status_history', column: 'id' },
  { table: 'stock_movement', column: 'id' },
  { table: 'outbox_event', column: 'id' },
  { table: 'audit_log', column: 'id' },
];

const advanceSequences = sequences.map(({ table, column }) =>
  statement({
    params: {},
    row: { last: int8 },
    sql: `select setval(sequence, greatest(top, pg_sequence_last_value(sequence))) as last
      from (select pg_get_serial_sequence('${table}', '${column}')::regclass as sequence,
              (select max(${column}) from ${table}) as top) as s
      where top is not null`,
  }),
);

/** What cannot be loaded row by row: sums over all orders, ranges and sequences. */
export async function finishShop(client: ClientBase, context: ShopContext): Promise<void> {
  await finishStock(client, context);
  await startPromotions(client, context);
  for (const advance of advanceSequences) await advance(client, {});
}
