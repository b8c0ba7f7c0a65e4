import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import * as entities from '../src/index.ts';
import { ownerRole } from '../src/roles/index.ts';
import { InMemoryPaymentProvider } from '../src/testing/index.ts';
import { openAccount, openSession } from './account.ts';
import { addressOf, openPerson } from './open-person.ts';
import type { OpenShop } from './open-shop.ts';
import {
  checkout,
  checkoutRequest,
  key,
  locationId,
  placeOrder,
  placePaidOrder,
  type PlacedTestOrder,
  quoteCart,
  siblingOf,
  stockedVariant,
} from './placed-order.ts';
import { offerCoupon } from './promoted-shop.ts';

/** An operation with an input that it accepts. */
export interface OperationSample {
  input: unknown;
  run(em: EntityManager, input: unknown): Promise<unknown>;
}

/** The names of all exports that take an EntityManager first. */
type TakesEntityManager = {
  [Name in keyof typeof entities]: (typeof entities)[Name] extends (
    em: EntityManager,
    ...rest: never[]
  ) => Promise<unknown>
    ? Name
    : never;
}[keyof typeof entities];

/** They run operations, and have no input of their own that reaches a statement. */
export const runners = ['withRetry', 'onReader', 'commitLsn', 'relayOutbox'] as const;
/** The operations: exported functions, and those of {@link entities.checkoutWith} and {@link entities.orderEditsWith}. */
export type OperationName =
  | Exclude<TakesEntityManager, (typeof runners)[number]>
  | keyof entities.CheckoutOperations
  | keyof entities.OrderEditOperations;

/** All other functions that the package exports. */
export const otherFunctions = [
  'ormOptions',
  'checkoutWith',
  'orderEditsWith',
  'noCharges',
  'actingAs',
  'allocateAmount',
  'roundedQuotient',
  'shareOf',
  'includedShareOf',
  'toMinorUnits',
  'priceBasket',
  'taxByRegion',
  'breakDownTaxes',
  'hashPassword',
  'verifyPassword',
  'jsonForm',
  'readPayoutFile',
  'runWorker',
  'openShop',
];

/** Those that refuse to run in a transaction. */
export const paymentOperations: readonly OperationName[] = [
  'authorizePayment',
  'capturePayment',
  'refundPayment',
  'voidPayment',
  'reauthorizePayment',
  'returnMoney',
  'refundOrder',
  'refundReturn',
  'sweepPendingTransactions',
  'maintain',
];

/** Lets a shop get ready, and makes an input. */
type MakeInput<Input> = (shop: OpenShop) => Input | Promise<Input>;
export type MakeSample = (shop: OpenShop) => Promise<OperationSample>;

/** The sample of an operation. */
export function sample<Input>(
  operation: (em: EntityManager, input: Input) => Promise<unknown>,
  makeInput: MakeInput<NoInfer<Input>>,
): MakeSample {
  return async (shop) => ({
    input: await makeInput(shop),
    run: (em, input) => operation(em, input as Input),
  });
}

const provider = new InMemoryPaymentProvider();
const edits = entities.orderEditsWith({ tax: entities.noCharges });

function paymentSample<Input>(
  operation: (em: EntityManager, payments: InMemoryPaymentProvider, input: Input) => Promise<unknown>,
  makeInput: MakeInput<NoInfer<Input>>,
): MakeSample {
  return sample((em, input: Input) => operation(em, provider, input), makeInput);
}

/** A webhook of which the adapter has read this event. */
async function reportEvent(em: EntityManager, event: entities.ProviderEvent): Promise<unknown> {
  const reporting: entities.PaymentProvider = Object.assign(Object.create(provider), {
    parseWebhook: async () => [event],
  });
  return await entities.handleWebhook(em, reporting, { body: '', headers: {} });
}

/** The sessions of the application are a superuser's in its role. */
function asOwner<Input, Result>(
  operation: entities.Operation<Input, Result>,
): entities.Operation<Input, Result> {
  return async (em, input) =>
    await em.transactional(async (em) => {
      await em.execute(`set local role ${ownerRole}`);
      return await operation(em, input);
    });
}

let persons = 0;
const email = () => `person-${persons++}@example.com`;
const customer = (shop: OpenShop) => openAccount(shop, email());
const password = 'correct horse';
const identity = () => ({ provider: 'google', subject: randomUUID() });
const slug = () => `s-${randomUUID().slice(0, 8)}`;
const stocked = (shop: OpenShop) => stockedVariant(shop, 9);
const openCart = async (shop: OpenShop) => await shop.cart({ [await stocked(shop)]: 2 });
const order = async (shop: OpenShop) => await placeOrder(shop, { [await stocked(shop)]: 3 });
const paidOrder = async (shop: OpenShop) =>
  await placePaidOrder(shop, provider, { [await stocked(shop)]: 3 });

async function capturedPayment(shop: OpenShop): Promise<PlacedTestOrder & { paymentId: string }> {
  const paid = await paidOrder(shop);
  await entities.capturePayment(shop.em(), provider, { ...key(), paymentId: paid.paymentId });
  return paid;
}

async function shippedOrder(shop: OpenShop): Promise<PlacedTestOrder & { shipmentId: string }> {
  const paid = await paidOrder(shop);
  const { shipments } = await entities.shipOrder(shop.em(), { ...key(), orderId: paid.orderId });
  return { ...paid, shipmentId: shipments[0]?.shipmentId ?? '' };
}

async function productOf(shop: OpenShop, variantId: string): Promise<{ id: string; handle: string }> {
  const [product] = await shop.rows<{ id: string; handle: string }>(
    `select p.id, p.handle from product p join product_variant v on v.product_id = p.id where v.id = '${variantId}'`,
  );
  if (product === undefined) throw new Error(`no product of ${variantId}`);
  return product;
}

async function attribute(shop: OpenShop, valueType: 'string' | 'number'): Promise<string> {
  const code = slug();
  await entities.createAttribute(shop.em(), { code, name: code, valueType });
  return code;
}

/** An attribute that the variant's product has. */
async function assigned(shop: OpenShop, variantId: string) {
  const [color, weight] = [await attribute(shop, 'string'), await attribute(shop, 'number')];
  const { id: productId, handle } = await productOf(shop, variantId);
  const attributes = { [color]: ['red', 'blue'], [weight]: [1.5] };
  await entities.setProductAttributes(shop.em(), { productId, attributes });
  return { color, weight, productId, handle, attributes };
}

async function priceList(shop: OpenShop): Promise<string> {
  const code = slug();
  await entities.createPriceList(shop.em(), { code, name: 'Sale' });
  return code;
}

/** The id of an event of the outbox that is set aside. */
async function setAsideEvent(shop: OpenShop): Promise<bigint> {
  const [event] = await shop.rows<{ id: string }>(
    `insert into outbox_event (topic, aggregate_id) values ('order.placed', uuidv7()) returning id`,
  );
  await shop.rows(`update outbox_event set attempts = 25, last_error = 'refused', set_aside_at = now()
    where id = ${event?.id}`);
  return BigInt(event?.id ?? 0);
}

/** A sample of each operation whose own tests do not call `fuzzOperation`. */
export const operationSamples = {
  // catalog
  createAttribute: sample(entities.createAttribute, () => ({
    code: slug(),
    name: 'Colour',
    valueType: 'string' as const,
  })),
  createCategory: sample(entities.createCategory, async (shop) => ({
    slug: slug(),
    name: 'Clothes',
    position: 3,
    parentId: (await entities.createCategory(shop.em(), { slug: slug(), name: 'All' })).id,
  })),
  moveCategory: sample(entities.moveCategory, async (shop) => ({
    categoryId: (await entities.createCategory(shop.em(), { slug: slug(), name: 'All' })).id,
    parentId: (await entities.createCategory(shop.em(), { slug: slug(), name: 'All' })).id,
  })),
  createPriceList: sample(entities.createPriceList, () => ({
    code: slug(),
    name: 'Sale',
    taxIncluded: true,
  })),
  endPriceList: sample(entities.endPriceList, async (shop) => ({ code: await priceList(shop) })),
  setPrice: sample(entities.setPrice, async (shop) => ({
    variantId: await stocked(shop),
    currency: 'EUR',
    priceList: await priceList(shop),
    amountMinor: 900n,
    compareAtMinor: 1000n,
    from: new Date(Date.now() + 60_000),
    until: new Date(Date.now() + 86_400_000),
  })),
  findPrices: sample(entities.findPrices, async (shop) => ({
    variantIds: [await stocked(shop)],
    currency: 'EUR',
    priceList: await priceList(shop),
  })),
  setProductAttributes: sample(entities.setProductAttributes, async (shop) => {
    const { productId, attributes } = await assigned(shop, await stocked(shop));
    return { productId, attributes };
  }),
  setVariantAttributes: sample(entities.setVariantAttributes, async (shop) => {
    const variantId = await stocked(shop);
    return { variantId, attributes: (await assigned(shop, variantId)).attributes };
  }),
  searchProducts: sample(entities.searchProducts, async (shop) => {
    const [first, second] = [await stocked(shop), await stocked(shop)];
    const { color, weight, productId, attributes } = await assigned(shop, first);
    const other = (await productOf(shop, second)).id;
    await entities.setProductAttributes(shop.em(), { productId: other, attributes });
    const category = await entities.createCategory(shop.em(), { slug: slug(), name: 'Found' });
    await shop.rows(
      `insert into product_category (product_id, category_id)
       select unnest('{${productId},${other}}'::uuid[]), '${category.id}' returning product_id`,
    );
    const search = {
      text: 'product',
      categoryPath: category.path,
      attributes: { [color]: ['red'], [weight]: { min: 1, max: 2 } },
      price: { currency: 'EUR', minMinor: 1n, maxMinor: 5000n },
      priceList: await priceList(shop),
      sort: 'price-ascending' as const,
      limit: 1,
      facets: { priceBoundsMinor: [500n, 1000n] },
    };
    const { next } = await entities.searchProducts(shop.em(), search);
    return { ...search, ...(next === undefined ? {} : { cursor: next }) };
  }),
  softDeleteProduct: sample(entities.softDeleteProduct, async (shop) => ({
    productId: (await productOf(shop, await stocked(shop))).id,
  })),
  softDeleteVariant: sample(entities.softDeleteVariant, async (shop) => ({
    variantId: await siblingOf(shop, await stocked(shop)),
  })),

  // customer
  registerCustomer: sample(entities.registerCustomer, () => ({
    email: email(),
    identity: { ...identity(), emailVerified: true },
    firstName: 'Ann',
    lastName: 'Miller',
    acceptsMarketing: true,
  })),
  updateProfile: sample(entities.updateProfile, async (shop) => ({
    customerId: await customer(shop),
    email: email(),
    firstName: 'Ann',
    lastName: null,
    phone: '555',
    acceptsMarketing: true,
  })),
  addAddress: sample(entities.addAddress, async (shop) => ({
    customerId: await customer(shop),
    ...addressOf('ann'),
    isDefaultShipping: true,
  })),
  changeAddress: sample(entities.changeAddress, async (shop) => {
    const customerId = await customer(shop);
    const { addressId } = await entities.addAddress(shop.em(), { customerId, ...addressOf('ann') });
    return { customerId, addressId, ...addressOf('bob'), isDefaultBilling: true };
  }),
  removeAddress: sample(entities.removeAddress, async (shop) => {
    const customerId = await customer(shop);
    const { addressId } = await entities.addAddress(shop.em(), { customerId, ...addressOf('ann') });
    return { customerId, addressId };
  }),
  changePassword: sample(entities.changePassword, async (shop) => ({
    customerId: await customer(shop),
    currentPassword: password,
    newPassword: 'battery staple',
  })),
  logIn: sample(entities.logIn, async (shop) => {
    const address = email();
    await openAccount(shop, address, password);
    return { email: address, password };
  }),
  linkIdentity: sample(entities.linkIdentity, async (shop) => ({
    customerId: await customer(shop),
    ...identity(),
  })),
  unlinkIdentity: sample(entities.unlinkIdentity, async (shop) => {
    const link = { customerId: await customer(shop), ...identity() };
    await entities.linkIdentity(shop.em(), link);
    return { customerId: link.customerId, provider: link.provider };
  }),
  logInWithIdentity: sample(entities.logInWithIdentity, async (shop) => {
    const link = identity();
    await entities.linkIdentity(shop.em(), { customerId: await customer(shop), ...link });
    return link;
  }),
  requestPasswordReset: sample(entities.requestPasswordReset, async (shop) => {
    const address = email();
    await openAccount(shop, address);
    return { email: address };
  }),
  resetPassword: sample(entities.resetPassword, async (shop) => {
    const address = email();
    await openAccount(shop, address);
    const issued = await entities.requestPasswordReset(shop.em(), { email: address });
    return { token: issued?.token ?? '', newPassword: 'battery staple' };
  }),
  requestEmailVerification: sample(entities.requestEmailVerification, async (shop) => ({
    customerId: await customer(shop),
  })),
  verifyEmail: sample(entities.verifyEmail, async (shop) => {
    const { token } = await entities.requestEmailVerification(shop.em(), {
      customerId: await customer(shop),
    });
    return { token };
  }),
  findSession: sample(entities.findSession, async (shop) => ({
    token: (await openSession(shop, await customer(shop))).token,
  })),
  logOut: sample(entities.logOut, async (shop) => ({
    token: (await openSession(shop, await customer(shop))).token,
  })),
  logOutEverywhere: sample(entities.logOutEverywhere, async (shop) => ({ customerId: await customer(shop) })),
  exportPerson: sample(entities.exportPerson, async (shop) => ({
    customerId: await openPerson(shop, `ann-${persons++}`),
  })),
  erasePerson: sample(entities.erasePerson, async (shop) => {
    const name = `bob-${persons++}`;
    await openPerson(shop, name);
    return { email: `${name}@example.com` };
  }),
  removeExpiredTokens: sample(entities.removeExpiredTokens, () => ({ limit: 10 })),

  // inventory
  receiveStock: sample(entities.receiveStock, async (shop) => ({
    ...key(),
    lines: [
      { variantId: await stocked(shop), quantity: 3 },
      { variantId: await stocked(shop), quantity: 4 },
    ],
    locationId: await locationId(shop),
    note: 'delivery 7',
  })),

  // cart
  openCart: sample(entities.openCart, async (shop) => ({
    customerId: await customer(shop),
    currencyCode: 'EUR',
    priceList: await priceList(shop),
  })),
  updateCartLine: sample(entities.updateCartLine, async (shop) => {
    const variantId = await stocked(shop);
    return { ...key(), cartId: await shop.cart({ [variantId]: 1 }), variantId, quantity: 2 };
  }),
  removeCartLine: sample(entities.removeCartLine, async (shop) => {
    const variantId = await stocked(shop);
    return { ...key(), cartId: await shop.cart({ [variantId]: 1 }), variantId };
  }),
  mergeCarts: sample(entities.mergeCarts, async (shop) => ({
    sourceCartId: await openCart(shop),
    targetCartId: await openCart(shop),
  })),
  setCartCurrency: sample(entities.setCartCurrency, async (shop) => ({
    cartId: await openCart(shop),
    currencyCode: 'USD',
  })),
  setCartPriceList: sample(entities.setCartPriceList, async (shop) => ({
    cartId: await openCart(shop),
    priceList: await priceList(shop),
  })),
  applyCoupon: sample(entities.applyCoupon, async (shop) => ({
    cartId: await openCart(shop),
    code: await offerCoupon(shop),
  })),
  removeCoupon: sample(entities.removeCoupon, async (shop) => {
    const cartId = await openCart(shop);
    await entities.applyCoupon(shop.em(), { cartId, code: await offerCoupon(shop) });
    return { cartId };
  }),
  refreshCart: sample(entities.refreshCart, async (shop) => ({ cartId: await openCart(shop) })),
  quoteCart: sample(quoteCart, async (shop) => ({
    cartId: await openCart(shop),
    destination: { countryCode: 'US', region: 'CA', postalCode: '90210' },
  })),
  expireCarts: sample(entities.expireCarts, () => ({ batchSize: 10 })),

  // order
  checkout: sample(checkout, async (shop) =>
    checkoutRequest(shop, await openCart(shop), {
      shippingAddress: addressOf('ann'),
      billingAddress: addressOf('bob'),
      adjustments: [
        { kind: 'discount', code: 'friends', amountMinor: 5n },
        { kind: 'shipping', code: 'standard', amountMinor: 500n },
      ],
      holdMinutes: 30,
    }),
  ),
  confirmOrder: sample(entities.confirmOrder, async (shop) => {
    const { orderId } = await paidOrder(shop);
    return { orderId };
  }),

  quoteOrderEdit: sample(edits.quoteOrderEdit, async (shop) => {
    const { orderId, lineId } = await paidOrder(shop);
    const changes = [
      { lineId, quantity: 1 },
      { variantId: await stocked(shop), quantity: 2, properties: { engraving: 'x' } },
    ];
    return { orderId, changes, shippingAddress: { ...addressOf('ann'), region: undefined } };
  }),
  editOrder: sample(edits.editOrder, async (shop) => {
    const { orderId, lineId } = await paidOrder(shop);
    const changes = [
      { lineId, quantity: 1 },
      { variantId: await stocked(shop), quantity: 2, properties: { engraving: 'x' } },
    ];
    return { ...key(), orderId, changes, expectedTotalMinor: 3000n, reason: 'wished' };
  }),

  // fulfilment
  cancelOrder: sample(entities.cancelOrder, async (shop) => {
    const { orderId } = await paidOrder(shop);
    return { orderId, reason: 'no longer wanted' };
  }),
  cancelLines: sample(entities.cancelLines, async (shop) => {
    const { orderId, lineId } = await paidOrder(shop);
    return { ...key(), orderId, lines: [{ lineId, quantity: 1 }] };
  }),
  shipOrder: sample(entities.shipOrder, async (shop) => {
    const { orderId, lineId } = await paidOrder(shop);
    const lines = [{ lineId, quantity: 1 }];
    return { ...key(), orderId, lines, carrier: 'DHL', trackingNumber: '42' };
  }),
  deliverShipment: sample(entities.deliverShipment, async (shop) => {
    const { shipmentId } = await shippedOrder(shop);
    return { shipmentId };
  }),
  returnLines: sample(entities.returnLines, async (shop) => {
    const { orderId, lineId } = await shippedOrder(shop);
    return { ...key(), orderId, lines: [{ lineId, quantity: 1 }], restock: true };
  }),
  expireHolds: sample(entities.expireHolds, () => ({ limit: 10, paymentWaitMinutes: 10 })),

  // payment
  authorizePayment: paymentSample(entities.authorizePayment, async (shop) => {
    const { orderId } = await order(shop);
    return { ...key(), orderId, paymentMethod: 'tok', amountMinor: 100n, capture: 'immediate' as const };
  }),
  capturePayment: paymentSample(entities.capturePayment, async (shop) => {
    const { paymentId, orderId } = await paidOrder(shop);
    const { shipments } = await entities.shipOrder(shop.em(), { ...key(), orderId });
    return { ...key(), paymentId, amountMinor: 100n, shipmentId: shipments[0]?.shipmentId };
  }),
  refundPayment: paymentSample(entities.refundPayment, async (shop) => {
    const { paymentId } = await capturedPayment(shop);
    return { ...key(), paymentId, amountMinor: 100n };
  }),
  voidPayment: paymentSample(entities.voidPayment, async (shop) => {
    const { orderId, paymentId } = await paidOrder(shop);
    await entities.cancelOrder(shop.em(), { orderId });
    return { ...key(), paymentId };
  }),
  returnMoney: paymentSample(entities.returnMoney, async (shop) => {
    const { orderId } = await capturedPayment(shop);
    await entities.cancelOrder(shop.em(), { orderId });
    return { orderId };
  }),
  sweepPendingTransactions: paymentSample(entities.sweepPendingTransactions, async (shop) => {
    const { orderId } = await order(shop);
    provider.behave('answer-later');
    await entities.authorizePayment(shop.em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
    return { minAgeMs: 0, abandonAgeMs: 3_600_000, expiringWithinMs: 1000, limit: 10 };
  }),
  reconcilePayments: sample(entities.reconcilePayments, async (shop) => {
    await capturedPayment(shop);
    const from = new Date('2026-01-01T00:00:00Z');
    return {
      provider: provider.name,
      transactions: [{ kind: 'refund' as const, reference: 're_1', amountMinor: 100n, currencyCode: 'EUR' }],
      kinds: ['capture' as const, 'refund' as const],
      period: { from, to: new Date('2027-01-01T00:00:00Z') },
    };
  }),
  handleWebhook: sample(reportEvent, async (shop) => {
    const { orderId } = await order(shop);
    const { idempotencyKey } = key();
    provider.behave('answer-later');
    await entities.authorizePayment(shop.em(), provider, { idempotencyKey, orderId, paymentMethod: 'tok' });
    const outcome = { status: 'succeeded' as const, reference: randomUUID() };
    return { type: 'outcome' as const, eventId: randomUUID(), idempotencyKey, outcome };
  }),

  // runtime
  listSetAsideEvents: sample(entities.listSetAsideEvents, async (shop) => {
    await setAsideEvent(shop);
    return { limit: 10, after: 0n };
  }),
  replayEvent: sample(entities.replayEvent, async (shop) => ({ id: await setAsideEvent(shop) })),
  skipEvent: sample(entities.skipEvent, async (shop) => ({ id: await setAsideEvent(shop) })),
  recordAudit: sample(entities.recordAudit, () => ({
    actor: 'support:17',
    action: 'customer.phone',
    entity: 'customer',
    entityId: '42',
    detail: { reason: 'asked', tries: [1, 2] },
  })),
  rotateAuditLog: sample(asOwner(entities.rotateAuditLog), () => ({ keepMonths: 12, aheadMonths: 2 })),
  removeExpiredKeys: sample(entities.removeExpiredKeys, () => ({ limit: 10 })),
} satisfies Partial<Record<OperationName, MakeSample>>;

/** What an operation has returned or thrown; `undone`: what it did is rolled back, if it can be. */
export async function outcomeOf(
  shop: OpenShop,
  name: OperationName,
  { input, run, undone = false }: OperationSample & { undone?: boolean },
): Promise<{ result?: unknown; error?: unknown }> {
  const em = shop.em();
  let result: unknown;
  try {
    if (undone && !paymentOperations.includes(name)) {
      await em.transactional(async (em) => {
        result = await run(em, input);
        // What the commit would refuse.
        await em.execute('set constraints all immediate');
        throw rolledBack;
      });
    }
    return { result: await run(em, input) };
  } catch (error) {
    return error === rolledBack ? { result } : { error };
  }
}

const rolledBack = new Error('rolled back');
