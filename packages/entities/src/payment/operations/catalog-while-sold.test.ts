import { randomUUID } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import { beforeAll, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import { checkoutRequest, key, siblingOf, stockedVariant } from '../../../test/placed-order.ts';
import {
  addOption,
  addToCart,
  authorizePayment,
  cancelLines,
  capturePayment,
  checkoutWith,
  createCategory,
  createPriceList,
  createPromotion,
  deleteCategory,
  endPriceList,
  endPromotion,
  getOrder,
  moveCategory,
  noCharges,
  orderEditsWith,
  refreshCart,
  refundOrder,
  removeOption,
  requestReturn,
  setCartPriceList,
  setPrice,
  setProductCategories,
  shipOrder,
  softDeleteVariant,
  taxByRegion,
  updateProduct,
  updateVariant,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();
const tax = taxByRegion([{ code: 'VAT', countryCode: 'US', ratePpm: 190_000, taxesShipping: true }]);
const { quoteCart, checkout } = checkoutWith({ shipping: noCharges, tax });
const edits = orderEditsWith({ tax });

/** All work on these. */
const variantIds: string[] = [];
const productIds: string[] = [];
const [lists, carts, orders, promotions, categories]: string[][] = [[], [], [], [], []];

const some = <Item>(of: readonly Item[] = []): Item => {
  const item = of[Math.floor(Math.random() * of.length)];
  if (item === undefined) throw new UserError('invalid-input', 'There is none yet.');
  return item;
};
/** One of those that came last: the others are done with. */
const late = (of: readonly string[] = []) => some(of.slice(-12));
const upTo = (most: number) => 1 + Math.floor(Math.random() * most);
const soon = () => new Date(Date.now() + upTo(200));

beforeAll(async () => {
  for (let n = 0; n < 8; n++) {
    const variantId = await stockedVariant(shop(), 9000);
    variantIds.push(variantId, await siblingOf(shop(), variantId));
  }
  for (const { id } of await shop().rows<{ id: string }>('select id from product')) productIds.push(id);
});

const editors: Record<string, () => Promise<unknown>> = {
  price: () =>
    setPrice(em(), { variantId: some(variantIds), currency: 'EUR', amountMinor: BigInt(upTo(5000)) }),
  'a price of a list, or one to come': () =>
    setPrice(em(), {
      variantId: some(variantIds),
      currency: 'EUR',
      priceList: some(lists),
      amountMinor: BigInt(upTo(900)),
      from: soon(),
    }),
  list: async () => {
    const code = `l-${randomUUID().slice(0, 8)}`;
    await createPriceList(em(), { code, name: 'Sale' });
    lists?.push(code);
  },
  'end of a list': () => endPriceList(em(), { code: some(lists) }),
  'product, as one sees it': () =>
    updateProduct(em(), { productId: some(productIds), status: upTo(20) > 1 ? 'active' : 'draft' }),
  variant: () => updateVariant(em(), { variantId: some(variantIds), taxable: upTo(2) > 1 }),
  deletion: () => softDeleteVariant(em(), { variantId: upTo(60) > 1 ? randomUUID() : some(variantIds) }),
  option: () => addOption(em(), { productId: some(productIds), name: `o${upTo(3)}`, value: 'x' }),
  'option less': () => removeOption(em(), { productId: some(productIds), name: `o${upTo(3)}` }),
  promotion: async () => {
    const { promotionId } = await createPromotion(em(), {
      name: 'Sale',
      scope: upTo(2) > 1 ? 'line' : 'order',
      ratePpm: upTo(1_000_000),
      targets: { variantIds: [some(variantIds)] },
      until: new Date(Date.now() + upTo(400)),
      automatic: { code: randomUUID().slice(0, 8).toUpperCase(), usageLimit: upTo(3) },
      combinesWith: ['line', 'order'],
    });
    promotions?.push(promotionId);
  },
  'end of a promotion': () => endPromotion(em(), { promotionId: some(promotions) }),
  category: async () => {
    categories?.push((await createCategory(em(), { slug: `c-${randomUUID().slice(0, 8)}`, name: 'C' })).id);
  },
  placement: () =>
    setProductCategories(em(), {
      productId: some(productIds),
      categoryIds: [...new Set([some(categories), some(categories)])],
    }),
  move: () => moveCategory(em(), { categoryId: some(categories), parentId: some(categories) }),
  'category less': () => deleteCategory(em(), { categoryId: some(categories) }),
};

const sellers: Record<string, () => Promise<unknown>> = {
  cart: async () => {
    const cartId = await shop().cart({ [some(variantIds)]: upTo(3) });
    carts?.push(cartId);
    await setCartPriceList(em(), { cartId, priceList: upTo(2) > 1 ? some(lists) : 'base' });
  },
  line: () =>
    addToCart(em(), { ...key(), cartId: late(carts), variantId: some(variantIds), quantity: upTo(3) }),
  checkout: async () => {
    const cartId = late(carts);
    await refreshCart(em(), { cartId });
    const { id } = await checkout(em(), await checkoutRequest(shop(), cartId, {}, quoteCart));
    orders?.push(id);
  },
  payment: () => authorizePayment(em(), provider, { ...key(), orderId: late(orders), paymentMethod: 'tok' }),
  edit: async () => {
    const orderId = late(orders);
    const { lines } = await getOrder(em(), { orderId });
    const change = { orderId, changes: [{ lineId: some(lines).lineId, quantity: upTo(4) }] };
    const added = { orderId, changes: [{ variantId: some(variantIds), quantity: upTo(2) }] };
    const wanted = upTo(2) > 1 ? change : added;
    const { totalMinor } = await edits.quoteOrderEdit(em(), wanted);
    await edits.editOrder(em(), { ...key(), ...wanted, expectedTotalMinor: totalMinor });
  },
  less: async () => {
    const orderId = late(orders);
    const { lines } = await getOrder(em(), { orderId });
    await cancelLines(em(), { ...key(), orderId, lines: [{ lineId: some(lines).lineId, quantity: 1 }] });
  },
  shipment: () => shipOrder(em(), { ...key(), orderId: late(orders) }),
  capture: async () => {
    const { payments } = await getOrder(em(), { orderId: late(orders) });
    await capturePayment(em(), provider, { ...key(), paymentId: some(payments).paymentId });
  },
  refund: async () => {
    const orderId = late(orders);
    const { lines } = await getOrder(em(), { orderId });
    const one = [{ lineId: some(lines).lineId, quantity: 1 }];
    await refundOrder(em(), provider, { ...key(), orderId, lines: one, shipping: 'none' });
  },
  return: async () => {
    const orderId = late(orders);
    const { lines } = await getOrder(em(), { orderId });
    await requestReturn(em(), { ...key(), orderId, lines: [{ lineId: some(lines).lineId, quantity: 1 }] });
  },
};

test('the catalog changes under carts, orders and their edits, and nothing but what we say comes of it', async () => {
  const strange: unknown[] = [];
  const done = new Map<string, number>();
  const work = async (all: [string, () => Promise<unknown>][]) => {
    for (let n = 0; n < 120; n++) {
      const [name, run] = some(all);
      try {
        await run();
        done.set(name, (done.get(name) ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof UserError)) strange.push({ name, error });
      }
    }
  };
  const editing = Object.entries(editors);
  const selling = Object.entries(sellers);
  await Promise.all([editing, editing, editing, selling, selling, selling, selling].map(work));
  expect(strange).toEqual([]);
  // Whatever the dice say, the business went on.
  for (const name of ['price', 'cart', 'checkout', 'payment'])
    expect(done.get(name), name).toBeGreaterThan(0);
}, 120_000);
