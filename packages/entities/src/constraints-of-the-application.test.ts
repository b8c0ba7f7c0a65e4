import { expect, test } from 'vitest';
import { constraintCases } from '../test/constraint-cases.ts';
import { refusal } from '../test/refusal.ts';
import { useShopClient } from '../test/shop-client.ts';
import { statusMachines } from './status-machines.ts';

const shop = useShopClient();
const denied = '42501';

// Where the role lacks the right, it does not come to the constraint.
for (const [constraint, statements] of Object.entries(constraintCases)) {
  test.each(statements)(`${constraint}, or the lack of a right, refuses the application %s`, async (sql) => {
    expect([constraint, denied]).toContain(await refusal(shop.client, `set local role shop_app; ${sql}`));
  });
}

test.each(statusMachines)(
  'the application cannot take a $table out of its state machine, nor begin beside it',
  async ({ table: machine, transitions }) => {
    const asApp = (sql: string) => refusal(shop.client, `set local role shop_app; ${sql}`);
    expect(await asApp(`update ${machine} set status = 'unknown'`)).toBe(`${machine}_status_transition`);
    const beginnings = transitions.filter(({ from }) => from === 'new').map(({ to }) => to);
    const others = transitions.map(({ to }) => to).filter((status) => !beginnings.includes(status));
    const { fields } = await shop.client.query(`select * from ${machine} limit 0`);
    const columns = fields.map(({ name }) => name);
    for (const status of new Set(others)) {
      const values = columns.map((column) => (column === 'status' ? `'${status}'` : column)).join(', ');
      const insert = `insert into ${machine} (${columns.join(', ')}) select ${values} from ${machine} limit 1`;
      expect([`${machine}_status_transition`, denied]).toContain(await asApp(insert));
    }
  },
);

test('the application meets most constraints by itself', async () => {
  const met = new Set<string>();
  for (const sql of Object.values(constraintCases).flat())
    met.add(await refusal(shop.client, `set local role shop_app; ${sql}`));
  met.delete(denied);
  expect(met.size).toBeGreaterThan(60);
});
