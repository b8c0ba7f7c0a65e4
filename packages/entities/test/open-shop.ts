import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll } from 'vitest';
import {
  Cart,
  CartLine,
  Currency,
  Customer,
  Price,
  Product,
  ProductVariant,
  StockLevel,
  StockLocation,
} from '../src/index.ts';
import { ormOptions } from '../src/orm-options.ts';
import { shopTemplate, urlAs } from './shop-database.ts';

/** A shop of a test file, seen by its application: sessions of `shop_app`. */
export class OpenShop {
  readonly orm: MikroORM;
  /** The statements that the sessions have sent. */
  readonly queries: string[];
  #products = 0;

  constructor(orm: MikroORM, queries: string[]) {
    this.orm = orm;
    this.queries = queries;
  }

  /** A new session of the application. */
  em(): EntityManager {
    return this.orm.em.fork();
  }

  /** How many statements `operation` sends. */
  async countStatements(operation: () => Promise<unknown>): Promise<number> {
    const before = this.queries.length;
    await operation();
    return this.queries.length - before;
  }

  /** A variant for sale at 10.00 EUR, with a number of units for each location. */
  async offer(...onHand: number[]): Promise<string> {
    const em = this.em();
    const name = `product-${this.#products++}`;
    const product = em.create(Product, { handle: name, title: name, status: 'active' });
    const variant = em.create(ProductVariant, { product, title: 'Default', sku: name });
    em.create(Price, { variant, currency: em.getReference(Currency, 'EUR'), amountMinor: 1000n });
    for (const [index, units] of onHand.entries()) {
      const code = `location-${index}`;
      const location =
        (await em.findOne(StockLocation, { code })) ?? em.create(StockLocation, { code, name: code });
      em.create(StockLevel, { variant, location, onHand: units });
    }
    await em.flush();
    return variant.id;
  }

  /** A cart, of a guest by default, with a number of units of each variant. */
  async cart(quantities: Record<string, number>, customerId?: string): Promise<string> {
    const em = this.em();
    const cart = em.create(Cart, {
      currency: em.getReference(Currency, 'EUR'),
      ...(customerId === undefined ? {} : { customer: em.getReference(Customer, customerId) }),
    });
    for (const [variantId, quantity] of Object.entries(quantities)) {
      const variant = em.getReference(ProductVariant, variantId);
      em.create(CartLine, { cart, variant, quantity, unitPriceMinor: 1000n });
    }
    await em.flush();
    return cart.id;
  }

  /** The rows of a query. */
  rows<Row extends object = Record<string, unknown>>(sql: string): Promise<Row[]> {
    return this.em().execute<Row[]>(sql);
  }
}

/** An {@link OpenShop} for the tests of a file; `shop()` once they run. */
export function useOpenShop(): () => OpenShop {
  let shop: OpenShop | undefined;
  let drop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const database = await createTestDatabase({ template: shopTemplate });
    drop = () => database.drop();
    const queries: string[] = [];
    const orm = await MikroORM.init({
      ...ormOptions({ url: urlAs(database.url, 'shop_app') }),
      pool: { max: 20 },
      colors: false,
      debug: ['query'],
      logger: (message) => queries.push(message.replace('[query] ', '')),
    });
    shop = new OpenShop(orm, queries);
  });
  afterAll(async () => {
    await shop?.orm.close();
    await drop?.();
  });
  return () => {
    if (shop === undefined) throw new Error('the shop is open once the tests run');
    return shop;
  };
}
