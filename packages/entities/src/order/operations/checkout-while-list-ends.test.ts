import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants, stockedVariant, superuser, waitForLocks } from '../../../test/placed-order.ts';
import { buy } from '../../../test/promoted-shop.ts';
import {
  createPriceList,
  endPriceList,
  PriceChanged,
  refreshCart,
  setCartPriceList,
  setPrice,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

/** Variants at 7.00 EUR in a new list and 10.00 EUR in `base`, and carts of the list with one of each. */
async function cartsOfList(code: string, carts: number) {
  await createPriceList(em(), { code, name: code });
  const variantIds: string[] = [];
  for (let count = 0; count < 4; count++) variantIds.push(await stockedVariant(shop(), carts));
  for (const variantId of variantIds) {
    await setPrice(em(), { variantId, currency: 'EUR', priceList: code, amountMinor: 700n });
  }
  const cartIds: string[] = [];
  for (let count = 0; count < carts; count++) {
    const cartId = await shop().cart(Object.fromEntries(variantIds.map((id) => [id, 1])));
    await setCartPriceList(em(), { cartId, priceList: code });
    cartIds.push(cartId);
  }
  return { variantIds, cartIds };
}

/** The prices of an order as `list amount`. */
const pricesOf = async (orderId: string) => {
  const rows = await shop().rows<{ price: string }>(
    `select price_list_code || ' ' || unit_price_minor as price from order_line where order_id = '${orderId}'`,
  );
  return rows.map(({ price }) => price);
};

/** The prices of the order of a cart, or of how many lines the price has changed. */
const outcomeOf = async (cartId: string): Promise<string[] | number> => {
  try {
    return await pricesOf((await buy(shop(), cartId)).id);
  } catch (error) {
    if (!(error instanceof PriceChanged)) throw error;
    return error.lines.length;
  }
};

test('an order has all its prices from before the end, or none: then every line is named in the refusal', async () => {
  const { cartIds, variantIds } = await cartsOfList('brief', 30);
  const ofList = variantIds.map(() => 'brief 700');
  const [first = '', last = ''] = cartIds;
  expect(await outcomeOf(first)).toEqual(ofList);
  const during = cartIds.slice(2);
  const orders = during.slice(0, 14).map(outcomeOf);
  await orders[0];
  const end = endPriceList(em(), { code: 'brief' });
  orders.push(...during.slice(14).map(outcomeOf));
  const outcomes = await Promise.all(orders);
  for (const outcome of outcomes) expect([ofList, variantIds.length]).toContainEqual(outcome);
  await end;

  expect(await outcomeOf(last)).toBe(variantIds.length);
  const told = [last, ...during.filter((_, index) => typeof outcomes[index] === 'number')];
  for (const cartId of told) {
    await refreshCart(em(), { cartId });
    expect(await outcomeOf(cartId)).toEqual(variantIds.map(() => 'base 1000'));
  }
  await expectInvariants(shop());
});

test('a checkout that waits for stock while the list ends charges what it had read, for every line', async () => {
  const { cartIds, variantIds } = await cartsOfList('slow', 2);
  const [waiting = '', late = ''] = cartIds;
  const admin = await superuser(shop());
  await admin.query('begin');
  await admin.query('select from stock_level where variant_id = $1 for update', [variantIds[2]]);
  const order = buy(shop(), waiting);
  await waitForLocks(admin, 1);
  await endPriceList(em(), { code: 'slow' });
  await admin.query('commit');
  expect(await pricesOf((await order).id)).toEqual(variantIds.map(() => 'slow 700'));
  await expect(buy(shop(), late)).rejects.toMatchObject({ code: 'price-changed' });
});
