import { afterEach, describe, expect, test, vi } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import { outcomes, placePaidOrder, stockedVariant } from '../../../test/placed-order.ts';
import { createPromotion, searchOrders, setPrice, setTaxRate, shipOrder } from '../../index.ts';

const { shop, em, provider } = useOrderShop();
const hourMs = 3_600_000;
const reason = 'sale';

afterEach(() => {
  vi.useRealTimers();
});

/** The time of the server, so much later. */
async function serverTime(laterMs: number): Promise<Date> {
  const [row] = await shop().rows<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  );
  return new Date((row?.ms ?? 0) + laterMs);
}

describe.each([
  { clock: 'an hour behind', stepMs: -hourMs },
  { clock: 'an hour ahead', stepMs: hourMs },
])('a client whose clock is $clock', ({ stepMs }) => {
  const step = (): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + stepMs });
  };

  test('sets prices, rates and promotions by the time of the server', async () => {
    const variantId = await shop().offer();
    const code = `VAT ${stepMs}`;
    const set = async (laterMs: number): Promise<string[]> => {
      const until = await serverTime(laterMs);
      return await outcomes([
        setPrice(em(), { variantId, currency: 'EUR', amountMinor: 900n, until, reason }),
        setTaxRate(em(), { countryCode: 'DE', code, ratePpm: 1, until, reason }),
        createPromotion(em(), { name: 'Sale', ratePpm: 1, until, reason }),
      ]);
    };
    step();
    expect(await set(hourMs / 2)).toEqual(['done', 'done', 'done']);
    expect(await set(-hourMs / 2)).toEqual(['invalid-input', 'invalid-input', 'invalid-input']);
  });

  test('sells as any other one', async () => {
    const variantId = await stockedVariant(shop(), 2);
    const first = await placePaidOrder(shop(), provider, { [variantId]: 1 });
    step();
    const second = await placePaidOrder(shop(), provider, { [variantId]: 1 });
    await shipOrder(em(), { idempotencyKey: second.orderId, orderId: second.orderId });
    const { orders } = await searchOrders(em(), { limit: 2 });
    expect(orders.map(({ id }) => id)).toEqual([second.orderId, first.orderId]);
  });
});
