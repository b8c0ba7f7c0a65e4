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

test('the application meets most constraints by itself', async () => {
  const met = new Set<string>();
  for (const [, sql] of constraintCases)
    met.add(await refusal(shop.client, `set local role shop_app; ${sql}`));
  met.delete(denied);
  expect(met.size).toBeGreaterThan(60);
});
