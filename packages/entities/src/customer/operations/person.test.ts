import { describe, expect, test } from 'vitest';
import { openAccount, outcome } from '../../../test/account.ts';
import { cartOf, openPerson, orderOf } from '../../../test/open-person.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants, stockedVariant } from '../../../test/placed-order.ts';
import { tracesOf } from '../../../test/trace-of.ts';
import {
  addAddress,
  erasePerson,
  exportPerson,
  logIn,
  openCart,
  requestEmailVerification,
  requestPasswordReset,
  verifyEmail,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
const guestOrder = async (name: string) =>
  orderOf(shop(), await shop().cart({ [await stockedVariant(shop(), 9)]: 1 }), name);
const verify = async (customerId: string) => {
  const { token } = await requestEmailVerification(em(), { customerId });
  await verifyEmail(em(), { token });
};
const audit = (action: string, customerId: string | null) =>
  shop().rows(`select detail from audit_log
    where action = '${action}' and entity_id is not distinct from ${customerId === null ? 'null' : `'${customerId}'`}`);
const books = (number: bigint) =>
  shop()
    .rows(`select o.total_minor, o.shipping_minor, o.status, a.kind, a.country_code, l.title, l.total_minor as line
    from sales_order o join order_address a on a.order_id = o.id join order_line l on l.order_id = o.id
    where o.number = ${number} order by kind`);

describe('erasure', () => {
  test('leaves no trace in any table but what the books need, guest orders included', async () => {
    const customerId = await openPerson(shop(), 'Zelda');
    await verify(customerId);
    const { number } = await guestOrder('ZELDA');
    expect(await tracesOf(shop(), 'zelda')).toEqual([
      'cart',
      'cart_line',
      'customer',
      'customer_address',
      'customer_credential',
      'order_address',
      'order_line',
      'sales_order',
    ]);
    const before = await books(number);
    expect(await erasePerson(em(), { customerId })).toEqual({ customerId, orders: 1, guestOrders: 1 });
    expect(await tracesOf(shop(), 'zelda')).toEqual([]);
    expect(await books(number)).toEqual(before);
    expect(
      await shop().rows(`select (select count(*)::int from customer_token where customer_id = c.id) as tokens,
          (select count(*)::int from cart where customer_id = c.id and status = 'open') as carts,
          (select sum(total_minor)::int from sales_order where customer_id = c.id) as total
        from customer c where id = '${customerId}'`),
    ).toEqual([{ tokens: 0, carts: 0, total: 1500 }]);
    expect(await audit('customer.erase', customerId)).toEqual([{ detail: { orders: 1, guestOrders: 1 } }]);
    expect(await outcome(erasePerson(em(), { customerId }))).toBe('customer-not-found');
    expect(await outcome(exportPerson(em(), { customerId }))).toBe('customer-not-found');
  });

  test('leaves the guest orders of an address that the customer has not verified', async () => {
    const customerId = await openAccount(shop(), 'victim@example.com');
    await guestOrder('victim');
    expect(await exportPerson(em(), { customerId })).toMatchObject({ orders: [] });
    expect(await erasePerson(em(), { customerId })).toEqual({ customerId, orders: 0, guestOrders: 0 });
    expect(await tracesOf(shop(), 'victim')).toEqual(['order_address', 'sales_order']);
    // Somebody has seen to that they ask for themselves.
    expect(await erasePerson(em(), { email: 'Victim@example.com' })).toEqual({
      customerId: undefined,
      orders: 0,
      guestOrders: 1,
    });
    expect(await tracesOf(shop(), 'victim')).toEqual([]);
    expect(await audit('customer.erase', null)).toEqual([{ detail: { orders: 0, guestOrders: 1 } }]);
  });

  test('leaves nobody who could order: a cart that is opened afterwards is refused', async () => {
    const customerId = await openAccount(shop(), 'gone@example.com');
    await erasePerson(em(), { customerId });
    const cartId = await cartOf(shop(), customerId);
    expect(await outcome(orderOf(shop(), cartId, 'gone'))).toBe('cart-not-open');
    expect(await tracesOf(shop(), 'gone@')).toEqual([]);
  });

  test('is waited for by who opens a cart', async () => {
    const customerId = await openAccount(shop(), 'late@example.com');
    let opening: Promise<string> | undefined;
    await em().transactional(async (em) => {
      await erasePerson(em, { customerId });
      opening = outcome(
        openCart(shop().em(), { customerId, currencyCode: 'EUR', metadata: { note: 'late' } }),
      );
      await shop().rows('select pg_sleep(0.3)');
    });
    expect(await opening).toBe('customer-not-found');
    expect(await shop().rows(`select id from cart where customer_id = '${customerId}'`)).toEqual([]);
  });

  test('by address covers account and guest orders, and nobody else', async () => {
    const customerId = await openPerson(shop(), 'Xaver');
    await guestOrder('xaver');
    await openPerson(shop(), 'Yvonne');
    const others = await tracesOf(shop(), 'yvonne');
    const erased = await erasePerson(em(), { email: 'xaver@example.com' });
    expect(erased).toEqual({ customerId, orders: 1, guestOrders: 1 });
    expect(await tracesOf(shop(), 'xaver')).toEqual([]);
    expect(await tracesOf(shop(), 'yvonne')).toEqual(others);
  });

  test('concurrent with checkouts, logins, additions and another erasure leaves no trace, and breaks no rule', async () => {
    const names = ['Quentin', 'Quirin', 'Quorra', 'Quincy'];
    const expected = new Set(['done', 'cart-not-open', 'customer-not-found', 'invalid-credentials']);
    for (const name of names) {
      const customerId = await openAccount(shop(), `${name}@example.com`);
      const cartId = await cartOf(shop(), customerId);
      const address = { fullName: name, line1: name, city: name, countryCode: 'US' };
      const outcomes = await Promise.all([
        outcome(orderOf(shop(), cartId, name)),
        ...Array.from({ length: 3 }, () => outcome(addAddress(em(), { customerId, ...address }))),
        outcome(logIn(em(), { email: `${name}@example.com`, password: 'correct horse' })),
        outcome(erasePerson(em(), { customerId })),
        outcome(erasePerson(em(), { email: `${name}@example.com` })),
        outcome(requestPasswordReset(em(), { email: `${name}@example.com` })),
        outcome(exportPerson(em(), { customerId })),
      ]);
      expect(outcomes.filter((each) => !expected.has(each))).toEqual([]);
    }
    for (const name of names) expect(await tracesOf(shop(), name)).toEqual([]);
    await expectInvariants(shop());
  });
});

test('erasure and export take the same few statements for one order and for three', async () => {
  const counts: { exportStatements: number; erasureStatements: number }[] = [];
  for (const { name, guestOrders } of [
    { name: 'Uma', guestOrders: 0 },
    { name: 'Una', guestOrders: 2 },
  ] as const) {
    const customerId = await openPerson(shop(), name);
    for (let order = 0; order < guestOrders; order++) await guestOrder(name);
    await verify(customerId);
    const start = shop().queries.length;
    await exportPerson(em(), { customerId });
    const exported = shop().queries.length;
    await erasePerson(em(), { customerId });
    counts.push({
      exportStatements: exported - start,
      erasureStatements: shop().queries.length - exported,
    });
  }
  const few = { exportStatements: 4, erasureStatements: 8 };
  expect(counts).toEqual([few, few]);
});

describe('an export', () => {
  test('has all that the shop stores about a person, as JSON, and is recorded', async () => {
    const customerId = await openPerson(shop(), 'Wanda');
    await verify(customerId);
    const { number } = await guestOrder('wanda');
    const data = await exportPerson(em(), { customerId });
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data).toMatchObject({
      exportedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      profile: { id: customerId, email: 'Wanda@example.com', firstName: 'Wanda', phone: 'Wanda-555' },
      credentials: [
        { provider: 'password', subject: null },
        { provider: 'google', subject: 'Wanda' },
      ],
      sessions: [{ createdAt: expect.any(String), expiresAt: expect.any(String) }],
      addresses: [{ fullName: 'Wanda Miller', countryCode: 'US', isDefaultShipping: true }],
      carts: [
        { status: 'completed', lines: [{ quantity: 1, unitPriceMinor: '1000' }] },
        { status: 'open', currencyCode: 'EUR', lines: [{ quantity: 1 }] },
      ],
      orders: [
        { number: number.toString(), asGuest: true, email: 'wanda@example.com', totalMinor: '1500' },
        {
          asGuest: false,
          status: 'pending',
          lines: [{ variantTitle: 'Default', quantity: 1, unitPriceMinor: '1000', priceList: 'base' }],
          adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: '500', linePosition: null }],
          history: [{ status: 'pending', changedAt: expect.any(String) }],
          addresses: [{ kind: 'billing' }, { kind: 'shipping', line1: '1 Wanda St' }],
          payments: [],
          shipments: [],
        },
      ],
    });
    expect(await audit('customer.export', customerId)).toEqual([{ detail: { orders: 2 } }]);
    const byAddress = await exportPerson(em(), { email: 'wanda@EXAMPLE.com' });
    expect({ ...byAddress, exportedAt: data.exportedAt }).toEqual(data);
  });

  test('of somebody without an account has their guest orders', async () => {
    await guestOrder('Gustav');
    expect(await exportPerson(em(), { email: 'gustav@example.com' })).toMatchObject({
      profile: null,
      credentials: [],
      orders: [{ asGuest: true, addresses: [{}, { fullName: 'Gustav Miller' }] }],
    });
    expect(await outcome(exportPerson(em(), { email: 'nobody' }))).toBe('invalid-input');
  });
});
