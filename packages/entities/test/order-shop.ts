import type { EntityManager } from '@mikro-orm/postgresql';
import { afterAll } from 'vitest';
import { InMemoryPaymentProvider } from '../src/testing/index.ts';
import { type OpenShop, useOpenShop } from './open-shop.ts';
import { expectInvariants } from './placed-order.ts';

/** What the tests of orders and payments begin with. */
export interface OrderShop {
  shop: () => OpenShop;
  /** A session of the application. */
  em: () => EntityManager;
  provider: InMemoryPaymentProvider;
}

/** An open shop for the tests of a file; when they have run, every invariant holds. */
export function useOrderShop(): OrderShop {
  const shop = useOpenShop();
  afterAll(() => expectInvariants(shop()));
  return { shop, em: () => shop().em(), provider: new InMemoryPaymentProvider() };
}
