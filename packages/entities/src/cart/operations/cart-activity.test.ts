import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { quoteCart } from '../../../test/placed-order.ts';
import { customer, offerCoupon } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  applyCoupon,
  mergeCarts,
  openCart,
  refreshCart,
  removeCartLine,
  removeCoupon,
  setCartPriceList,
  updateCartLine,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const dayUs = 24 * 3_600_000_000;

interface UsedCart {
  cartId: string;
  variantId: string;
  customerId: string;
}

const activities: { what: string; use: (cart: UsedCart) => Promise<unknown> }[] = [
  { what: 'addToCart', use: ({ cartId, variantId }) => addToCart(em(), { cartId, variantId, quantity: 1 }) },
  {
    what: 'addToCart with a key',
    use: (cart) => addToCart(em(), { ...lineOf(cart), quantity: 1, idempotencyKey: cart.cartId }),
  },
  { what: 'updateCartLine', use: (cart) => updateCartLine(em(), { ...lineOf(cart), quantity: 2 }) },
  { what: 'removeCartLine', use: (cart) => removeCartLine(em(), lineOf(cart)) },
  {
    what: 'applyCoupon',
    use: async ({ cartId }) => applyCoupon(em(), { cartId, code: await offerCoupon(shop()) }),
  },
  { what: 'removeCoupon', use: ({ cartId }) => removeCoupon(em(), { cartId }) },
  { what: 'refreshCart', use: ({ cartId }) => refreshCart(em(), { cartId }) },
  {
    what: 'setCartPriceList',
    use: ({ cartId }) => setCartPriceList(em(), { cartId, priceList: 'base' }),
  },
  {
    what: 'mergeCarts',
    use: async ({ cartId }) => {
      const { id: sourceCartId } = await openCart(em(), { currencyCode: 'EUR' });
      await mergeCarts(em(), { sourceCartId, targetCartId: cartId });
    },
  },
  { what: 'openCart', use: ({ customerId }) => openCart(em(), { customerId, currencyCode: 'EUR' }) },
];

const lineOf = ({ cartId, variantId }: UsedCart) => ({ cartId, variantId });

async function usedCart(name: string): Promise<UsedCart> {
  const variantId = await shop().offer(9);
  const customerId = await customer(shop(), `${name}@example.com`);
  const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR' });
  await addToCart(em(), { cartId, variantId, quantity: 1 });
  return { cartId, variantId, customerId };
}

/** Since 1970, in microseconds: two statements can be in one millisecond. */
async function timesOf(cartId: string): Promise<{ expiresUs: number; updatedUs: number }> {
  const [row] = await shop().rows<{ expiresUs: number; updatedUs: number }>(
    `select (extract(epoch from expires_at) * 1000000)::float8 as "expiresUs",
       (extract(epoch from updated_at) * 1000000)::float8 as "updatedUs" from cart where id = '${cartId}'`,
  );
  return row ?? { expiresUs: NaN, updatedUs: NaN };
}

const expireAt = (cartId: string, time: string) =>
  shop().rows(`update cart set expires_at = ${time} where id = '${cartId}'`);

test.each(activities)('a cart lives for another 30 days after $what', async ({ what, use }) => {
  const cart = await usedCart(what.replaceAll(' ', '-'));
  await expireAt(cart.cartId, `now() + interval '1 minute'`);
  const before = await timesOf(cart.cartId);
  await use(cart);
  const after = await timesOf(cart.cartId);
  expect(after.updatedUs).toBeGreaterThan(before.updatedUs);
  expect(after.expiresUs - after.updatedUs).toBeGreaterThanOrEqual(30 * dayUs);
});

test.each(activities)('$what brings no expiry forward', async ({ what, use }) => {
  const cart = await usedCart(`late-${what.replaceAll(' ', '-')}`);
  await expireAt(cart.cartId, `now() + interval '60 days'`);
  const before = await timesOf(cart.cartId);
  await use(cart);
  expect((await timesOf(cart.cartId)).expiresUs).toBe(before.expiresUs);
});

test('a quote, which may come from a standby, changes nothing', async () => {
  const { cartId } = await usedCart('quoted');
  const before = await timesOf(cartId);
  await quoteCart(em(), { cartId, destination: { countryCode: 'US' } });
  expect(await timesOf(cartId)).toEqual(before);
});

test('after the first activity of a day, no index of the cart is written: the updates are HOT ones', async () => {
  const cart = await usedCart('busy');
  await em().transactional(async (em) => {
    const use = async () => {
      await addToCart(em, { ...lineOf(cart), quantity: 1 });
      await updateCartLine(em, { ...lineOf(cart), quantity: 2 });
      await refreshCart(em, { cartId: cart.cartId });
    };
    const updates = async () => {
      const [row] = await em.execute<{ all: number; hot: number }[]>(
        `select pg_stat_get_xact_tuples_updated('cart'::regclass)::int as all,
           pg_stat_get_xact_tuples_hot_updated('cart'::regclass)::int as hot`,
      );
      return row ?? { all: 0, hot: 0 };
    };
    await use();
    const before = await updates();
    for (let count = 0; count < 3; count++) await use();
    const after = await updates();
    expect({ all: after.all - before.all, hot: after.hot - before.hot }).toEqual({ all: 9, hot: 9 });
  });
});
