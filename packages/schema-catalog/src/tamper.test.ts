import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture, fixtureRoles, fixtureSubscription, rolePrefix } from '../test/fixture.ts';
import { tamperings } from '../test/tamperings.ts';
import type { Catalog, Fact } from './catalog.ts';
import { compareCatalogs, type Difference } from './compare.ts';
import { readInTransaction } from './read-catalog.ts';

let database: { url: string; drop: () => Promise<void> };
let client: Client;
let clean: Catalog;

/** Facts of other tests' roles come and go in the same cluster. */
function isOurs({ kind, identity }: Fact): boolean {
  return kind === 'role' || kind === 'membership' ? identity.startsWith(rolePrefix) : kind !== 'tablespace';
}

beforeAll(async () => {
  database = await createTestDatabase({
    template: {
      name: 'schema_catalog_fixture',
      prepare: async (url) => {
        const client = new Client({ connectionString: url });
        await client.connect();
        await client.query(fixtureRoles);
        await client.query(fixture);
        await client.end();
      },
    },
  });
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('set allow_system_table_mods = on');
  await client.query(fixtureSubscription);
  clean = await inTransaction('select 1');
});

afterAll(async () => {
  await client.query('drop subscription feed');
  await client.end();
  await database.drop();
});

async function inTransaction(sql: string): Promise<Catalog> {
  await client.query('begin');
  try {
    await client.query(sql);
    return await readInTransaction(client);
  } finally {
    await client.query('rollback');
  }
}

function summary({ verb, kind, identity, attribute }: Difference): string {
  return verb === 'change' ? `${kind} ${identity} ${attribute}` : `${verb} ${kind} ${identity}`;
}

test('a clean copy has no difference', async () => {
  expect(clean.unread).toEqual([]);
  expect(compareCatalogs(clean, await inTransaction('select 1'))).toEqual([]);
});

test('secrets are not in it', () => {
  expect(JSON.stringify([...clean.facts.values()])).not.toContain('hunter2');
});

test.each(tamperings)('$name', async ({ sql, found }) => {
  const tampered = await inTransaction(sql);
  const differences = compareCatalogs(clean, tampered, { only: isOurs });
  expect(differences.map(summary).sort()).toEqual([...found].sort());
  const back = compareCatalogs(tampered, clean, { only: isOurs });
  expect(back.map(({ kind, identity }) => `${kind} ${identity}`)).toEqual(
    differences.map(({ kind, identity }) => `${kind} ${identity}`),
  );
});
