import { expect, test } from 'vitest';
import { constraintCases } from '../test/constraint-cases.ts';
import { refusal } from '../test/refusal.ts';
import { useShopClient } from '../test/shop-client.ts';

const shop = useShopClient();
const denied = '42501';

// Where the role lacks the right, it does not come to the constraint.
test.each(constraintCases)(
  '%s, or the lack of a right, refuses the application %s',
  async (constraint, sql) => {
    expect([constraint, denied]).toContain(await refusal(shop.client, `set local role shop_app; ${sql}`));
  },
);

test.each(['cart', 'sales_order', 'payment', 'payment_transaction', 'shipment', 'stock_reservation'])(
  'the application cannot take a %s out of its state machine, nor begin beside it',
  async (machine) => {
    const asApp = (sql: string) => refusal(shop.client, `set local role shop_app; ${sql}`);
    expect(await asApp(`update ${machine} set status = 'unknown'`)).toBe(`${machine}_status_transition`);
    const legal = await shop.client.query<{ status: string }>(
      `select distinct to_status as status from status_transition where machine = $1 and to_status not in (
         select to_status from status_transition where machine = $1 and from_status = 'new')`,
      [machine],
    );
    const { fields } = await shop.client.query(`select * from ${machine} limit 0`);
    const columns = fields.map(({ name }) => name);
    for (const { status } of legal.rows) {
      const values = columns.map((column) => (column === 'status' ? `'${status}'` : column)).join(', ');
      const insert = `insert into ${machine} (${columns.join(', ')}) select ${values} from ${machine} limit 1`;
      expect(await asApp(insert)).toBe(`${machine}_status_transition`);
    }
  },
);

test('the application meets most constraints by itself', async () => {
  const met = new Set<string>();
  for (const [, sql] of constraintCases)
    met.add(await refusal(shop.client, `set local role shop_app; ${sql}`));
  met.delete(denied);
  expect(met.size).toBeGreaterThan(60);
});
