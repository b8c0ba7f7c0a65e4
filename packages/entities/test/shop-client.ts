import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { shopTemplate } from './shop-database.ts';
import { insertShopFixture } from './shop-fixture.ts';

/** A superuser's session for the tests of a file, in a shop of its own with the rows of the fixture. */
export function useShopClient(): { readonly client: Client; readonly url: string } {
  let client: Client | undefined;
  let url = '';
  let drop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const database = await createTestDatabase({ template: shopTemplate });
    ({ url, drop } = database);
    client = new Client({ connectionString: url });
    await client.connect();
    await insertShopFixture(client);
  });
  afterAll(async () => {
    await client?.end();
    await drop?.();
  });
  return {
    get client() {
      if (client === undefined) throw new Error('the shop is there once the tests run');
      return client;
    },
    get url() {
      return url;
    },
  };
}
