import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useShopClient } from '../test/shop-client.ts';
import { ids } from '../test/shop-fixture.ts';
import { entities } from './entities.ts';
import {
  Category,
  Currency,
  CustomerCredential,
  OutboxEvent,
  Payment,
  Price,
  PriceList,
  Product,
  ProductVariant,
  SalesOrder,
  StockLevel,
  StockLocation,
  StockMovement,
} from './index.ts';
import { ormOptions } from './orm-options.ts';

const shop = useShopClient();
let orm: MikroORM;

beforeAll(async () => {
  orm = await MikroORM.init(ormOptions({ url: shop.url }));
});

afterAll(() => orm?.close());

test('every table of the shop has its entity', async () => {
  const { rows } = await shop.client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname <> 'migration_ledger' order by 1`,
  );
  const tables = entities.map((entity) => orm.getMetadata().get(entity).tableName);
  expect(tables.toSorted()).toEqual(rows.map((row) => row.name));
});

test.each(entities.map((entity) => [entity.name, entity] as const))('%s is read', async (_name, entity) => {
  const rows = await orm.em.fork().find(entity, {}, { limit: 1 });
  expect(rows).toHaveLength(1);
});

test('a product with variants, a price and a stock is written and read', async () => {
  const em = orm.em.fork();
  const parent = em.getReference(Category, ids.category);
  const category = em.create(Category, { slug: 'rain-wear', name: 'Rain wear', parent });
  const product = em.create(Product, {
    handle: 'coat',
    title: 'Coat',
    descriptionHtml: '<p>Keeps <b>water</b> out</p>',
    status: 'active',
    optionNames: ['Size', 'Colour'],
    tags: ['rain', 'a, "b"'],
  });
  const variant = em.create(ProductVariant, {
    product,
    title: 'S / Red',
    optionValues: { Size: 'S', Colour: 'Red' },
  });
  const amountMinor = 2n ** 62n;
  const priceList = em.create(PriceList, { code: 'vip', name: 'VIP' });
  em.create(Price, { variant, priceList, currency: em.getReference(Currency, 'EUR'), amountMinor });
  const level = em.create(StockLevel, {
    variant,
    location: em.getReference(StockLocation, ids.location),
    onHand: 3,
  });
  em.create(StockMovement, { level, kind: 'receipt', quantity: 3 });
  await em.flush();
  expect(product.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);

  const later = orm.em.fork();
  const read = await later.findOneOrFail(Product, { handle: 'coat' }, { populate: ['variants'] });
  expect(read).toMatchObject({
    optionNames: ['Size', 'Colour'],
    tags: ['rain', 'a, "b"'],
    vendor: '',
    deletedAt: null,
  });
  expect(read.createdAt).toBeInstanceOf(Date);
  expect(read.variants.getItems()).toMatchObject([{ optionValues: { Size: 'S', Colour: 'Red' }, sku: null }]);
  expect((await later.findOneOrFail(Price, { variant: variant.id })).amountMinor).toBe(amountMinor);
  expect((await later.findOneOrFail(Category, category.id)).path).toBe('clothes.rain_wear');
  const found = await later.execute(
    `select handle from product where search @@ plainto_tsquery('english', 'water')`,
  );
  expect(found).toEqual([{ handle: 'coat' }]);
  const movement = await later.findOneOrFail(
    StockMovement,
    { level: { variant: variant.id } },
    { populate: ['level'] },
  );
  expect(movement.level.onHand).toBe(3);
});

test('an update moves updated_at', async () => {
  const em = orm.em.fork();
  const product = await em.findOneOrFail(Product, ids.product);
  const before = product.updatedAt;
  product.vendor = 'Acme';
  await em.flush();
  await em.refresh(product);
  expect(product.updatedAt.getTime()).toBeGreaterThan(before.getTime());
});

test('a payment is in the currency of its order', async () => {
  const em = orm.em.fork();
  const order = await em.findOneOrFail(SalesOrder, ids.order);
  const payment = em.create(Payment, {
    order,
    currency: order.currency,
    provider: 'test',
    amountMinor: 100n,
  });
  await em.flush();
  const later = orm.em.fork();
  const read = await later.findOneOrFail(Payment, payment.id, { populate: ['order'] });
  expect(read.order).toMatchObject({ id: ids.order, number: 1001n, totalMinor: 2600n, status: 'pending' });
  const { rows } = await shop.client.query('select currency_code from payment where id = $1', [payment.id]);
  expect(rows).toEqual([{ currency_code: 'EUR' }]);
});

test('the hash of a secret is neither loaded nor serialized unless asked for', async () => {
  await shop.client.query(
    `update customer_credential set provider = 'password', secret_hash = '$x', subject = null`,
  );
  const em = orm.em.fork();
  const credential = await em.findOneOrFail(CustomerCredential, { provider: 'password' });
  expect(credential.secretHash).toBeUndefined();
  await em.populate(credential, ['secretHash']);
  expect(credential.secretHash).toBe('$x');
  expect(JSON.stringify(credential)).not.toContain('$x');
});

test('events have ids that are bigint', async () => {
  const event = await orm.em.fork().findOneOrFail(OutboxEvent, { topic: 'order.placed' });
  expect(event).toMatchObject({ id: 1n, payload: {}, publishedAt: null });
});
