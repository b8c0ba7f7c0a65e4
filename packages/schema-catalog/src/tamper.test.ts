import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture, fixtureRoles, fixtureSubscription, isOurs } from '../test/fixture.ts';
import { olderMajors, startOlderServer } from '../test/older-servers.ts';
import { tamperings } from '../test/tamperings.ts';
import type { Catalog } from './catalog.ts';
import { compareCatalogs, type Difference } from './compare.ts';
import { readInTransaction } from './read-catalog.ts';

function summary({ verb, kind, identity, attribute }: Difference): string {
  return verb === 'change' ? `${kind} ${identity} ${attribute}` : `${verb} ${kind} ${identity}`;
}

interface Server {
  url: string;
  stop: () => Promise<void> | void;
}

function tamperOn(major: number, start: () => Promise<Server>): void {
  describe(`PostgreSQL ${major}`, () => {
    let server: Server;
    let client: Client;
    let clean: Catalog;

    async function inTransaction(sql: string): Promise<Catalog> {
      await client.query('begin');
      try {
        await client.query(sql);
        return await readInTransaction(client);
      } finally {
        await client.query('rollback');
      }
    }

    beforeAll(async () => {
      server = await start();
      client = new Client({ connectionString: server.url });
      await client.connect();
      await client.query(fixtureRoles);
      await client.query(fixture);
      await client.query(fixtureSubscription);
      await client.query('set allow_system_table_mods = on');
      clean = await inTransaction('select 1');
    });

    afterAll(async () => {
      await client.query('drop subscription feed');
      await client.end();
      await server.stop();
    });

    test('every column of every catalog is read, or left out for a reason', () => {
      expect(clean).toMatchObject({ major, unread: [] });
    });

    test('a clean copy has no difference', async () => {
      expect(compareCatalogs(clean, await inTransaction('select 1'), { only: isOurs })).toEqual([]);
    });

    test('secrets are not in it', () => {
      expect(JSON.stringify([...clean.facts.values()])).not.toContain('hunter2');
    });

    test.each(tamperings.filter(({ since = 0 }) => since <= major))('$name', async ({ sql, found }) => {
      const tampered = await inTransaction(sql);
      const differences = compareCatalogs(clean, tampered, { only: isOurs });
      expect(differences.map(summary).sort()).toEqual([...found].sort());
      const back = compareCatalogs(tampered, clean, { only: isOurs });
      expect(back.map(({ kind, identity }) => `${kind} ${identity}`)).toEqual(
        differences.map(({ kind, identity }) => `${kind} ${identity}`),
      );
    });
  });
}

tamperOn(18, async () => {
  const { url, drop } = await createTestDatabase();
  return { url, stop: drop };
});
for (const major of olderMajors) tamperOn(major, () => startOlderServer(major));

test.skipIf(olderMajors.length === 0)(
  'the programs that DMS_POSTGRES_DIR names are of PostgreSQL 15 to 17',
  () => {
    expect(olderMajors).toEqual([15, 16, 17]);
  },
);
