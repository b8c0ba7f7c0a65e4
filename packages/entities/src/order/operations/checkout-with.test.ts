import type { EntityManager } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { checkoutRequest, stockedVariant } from '../../../test/placed-order.ts';
import {
  type Basket,
  checkoutWith,
  noCharges,
  onReader,
  type PriceCalculators,
  taxByRegion,
  withRetry,
} from '../../index.ts';

const shop = useOpenShop();

const calculators: PriceCalculators = {
  shipping: () => [{ code: 'standard', amountMinor: 499n }],
  tax: taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true }]),
};
const { quoteCart, checkout } = checkoutWith(calculators);
const shippingAddress = { fullName: 'Ann', line1: 'Hauptstr. 1', city: 'Berlin', countryCode: 'DE' };

test('what is quoted on a reader is what is charged with retries: both have the fees and taxes', async () => {
  const cartId = await shop().cart({ [await stockedVariant(shop(), 1)]: 1 });
  const quote = await onReader(shop().em(), quoteCart, { cartId, destination: { countryCode: 'DE' } });
  expect(quote.totalMinor).toBe(1784n);
  const request = await checkoutRequest(shop(), cartId, { shippingAddress }, quoteCart);
  expect(await withRetry(shop().em(), checkout, request)).toMatchObject({ totalMinor: 1784n });
});

test('the calculators see the same basket at the quote and at the checkout', async () => {
  const seen: Basket[] = [];
  const watching = checkoutWith({
    shipping: (basket) => {
      seen.push(structuredClone(basket));
      return [];
    },
    tax: noCharges,
  });
  const cartId = await shop().cart({ [await stockedVariant(shop(), 1)]: 1 });
  const request = await checkoutRequest(shop(), cartId, { shippingAddress }, watching.quoteCart);
  await watching.checkout(shop().em(), request);
  const [quoted, charged] = seen;
  expect(seen).toHaveLength(2);
  expect(charged).toEqual({ ...quoted, at: charged?.at });
  expect((charged?.at.getTime() ?? 0) >= (quoted?.at.getTime() ?? Infinity)).toBe(true);
});

test.each([
  { settings: { shipping: noCharges }, missing: 'tax' },
  { settings: { tax: noCharges, shipping: undefined }, missing: 'shipping' },
  { settings: { tax: 190_000 }, missing: 'shipping and tax' },
])('without a calculator of $missing there is no checkout', ({ settings, missing }) => {
  expect(() => checkoutWith(settings as never)).toThrow(`no calculator of ${missing}`);
  expect(() => checkoutWith(settings as never)).toThrow(
    expect.objectContaining({ code: 'invalid-settings' }),
  );
});

test('a calculator that is exchanged later changes neither', async () => {
  const settings = { ...calculators };
  const bound = checkoutWith(settings);
  settings.tax = noCharges;
  const cartId = await shop().cart({ [await stockedVariant(shop(), 1)]: 1 });
  const quote = { cartId, destination: { countryCode: 'DE' } };
  expect(await bound.quoteCart(shop().em(), quote)).toMatchObject({ totalMinor: 1784n });
});

/** Not called: these lines are for the compiler. */
export function typed(em: EntityManager): void {
  const third = async (_em: EntityManager, input: string, _dropped?: PriceCalculators) => input;
  // @ts-expect-error: nobody would pass its third argument
  void withRetry(em, third, 'x');
  // @ts-expect-error: the same on a reader
  void onReader(em, third, 'x');
  // @ts-expect-error: both calculators are required
  checkoutWith({ tax: noCharges });
}
