import { Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { expect, onTestFinished, test } from 'vitest';
import { column, failure, openClient, openDatabase, openMigrator, states, until } from '../test/fixtures.ts';
import { type ListedMigration, migration, openOrm } from '../test/migration.ts';

const log = migration('Migration1', [
  'create table log (id serial, entry text)',
  'create table item (id int primary key)',
]);

/** What code of a project does: reads, then decides; uses the EntityManager, nested transactions, and addSql(). */
class Mixed extends Migration {
  override async up(): Promise<void> {
    this.addSql(`insert into log (entry) values ('added')`);
    await this.execute(`insert into log (entry) values (?)`, ['executed']);
    const em = this.getEntityManager();
    await em.transactional(async (inner) => {
      await inner.execute(`insert into log (entry) values ('nested')`);
    });
    await em
      .transactional(async (inner) => {
        await inner.execute(`insert into log (entry) values ('undone')`);
        throw new Error('undo');
      })
      .catch(() => undefined);
    const [{ count }] = (await this.execute('select count(*)::int as count from log')) as [{ count: number }];
    this.addSql(`insert into log (entry) values ('counted ${count}')`);
  }
  override async down(): Promise<void> {
    await this.execute(`insert into log (entry) values ('reverted')`);
    this.addSql(`insert into log (entry) values ('reverted by addSql')`);
  }
}
const mixed: ListedMigration = { name: 'Migration2', class: Mixed };

test('a migration that runs queries itself does what it does with the stock migrator', async () => {
  const stock = await openDatabase();
  const orm = await openOrm(stock.url, [log, mixed], {
    extensions: [StockMigrator],
    migrations: { snapshot: false },
  });
  onTestFinished(() => orm.close(true));
  await orm.migrator.up();
  await orm.migrator.down();
  const entries = 'select entry from log order by id';
  const expected = await column(stock.client, entries);
  expect(expected).toEqual(['executed', 'nested', 'added', 'counted 2', 'reverted', 'reverted by addSql']);

  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [log, mixed, migration('Migration3', ['select 1'], ['select 1'])]);
  expect(await migrator.dryRun()).toMatchObject([
    { isOpaque: false },
    { name: 'Migration2', isOpaque: true, statements: [], transactional: true },
    { isOpaque: false },
  ]);
  expect(await migrator.up()).toHaveLength(3);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied', 'Migration3 applied']);
  expect(await column(client, `select fingerprint from migration_ledger where name = 'Migration2'`)).toEqual([
    null,
  ]);
  expect(await migrator.down()).toEqual([{ name: 'Migration3' }]);
  expect(await migrator.down()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, entries)).toEqual(expected);
});

test('it takes effect with its record, or not at all', async () => {
  const { url, client } = await openDatabase();
  let mode: 'code' | 'statement' | 'deferred' | 'works' = 'code';
  const failing: ListedMigration = {
    name: 'Migration2',
    class: class extends Migration {
      override async up(): Promise<void> {
        await this.execute(`insert into log (entry) values ('executed')`);
        if (mode === 'code') throw new Error('the service does not answer');
        if (mode === 'statement') await this.execute('select wrong');
        if (mode === 'deferred') this.addSql('select later_wrong');
      }
    },
  };
  const migrator = await openMigrator(url, [log, failing]);
  await migrator.up({ to: 'Migration1' });
  for (const [next, message] of [
    ['code', 'Migration Migration2 (up) failed in its own code: the service does not answer'],
    ['statement', 'column "wrong" does not exist'],
    ['deferred', 'column "later_wrong" does not exist'],
  ] as const) {
    mode = next;
    const error = await failure(migrator.up());
    expect(error.code).toBe('migration-failed');
    expect(error.message).toContain(message);
    expect(error.message).toContain('Its transaction was rolled back');
    expect(await column(client, 'select entry from log')).toEqual([]);
    expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
  }
  mode = 'works';
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select entry from log')).toEqual(['executed']);
});

test('an abort cancels its query', async () => {
  const { url, client } = await openDatabase();
  const sleeping: ListedMigration = {
    name: 'Migration2',
    class: class extends Migration {
      override async up(): Promise<void> {
        await this.execute(`insert into log (entry) values ('executed')`);
        await this.execute('select pg_sleep(60)');
      }
    },
  };
  const migrator = await openMigrator(url, [log, sleeping]);
  await migrator.up({ to: 'Migration1' });
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(
    client,
    `exists (select from pg_stat_activity where query = 'select pg_sleep(60)' and datname = current_database())`,
  );
  controller.abort();
  expect((await run).code).toBe('migration-interrupted');
  expect(await column(client, 'select entry from log')).toEqual([]);
});

test('after a lock timeout it is run again from the start, by a fresh instance', async () => {
  const { url, client } = await openDatabase();
  let attempts = 0;
  const locking: ListedMigration = {
    name: 'Migration2',
    class: class extends Migration {
      #count = 0;
      override async up(): Promise<void> {
        await this.execute(`insert into log (entry) values ('attempt ${++this.#count}')`);
        attempts++;
        await this.execute('alter table item add name text');
      }
    },
  };
  const migrator = await openMigrator(url, [log, locking]);
  await migrator.up({ to: 'Migration1' });
  const reader = await openClient(url);
  await reader.query('begin; select from item');
  const blocked = Promise.withResolvers<void>();
  const run = migrator.up({ ddlLockAttemptMs: 50, onLockWait: () => blocked.resolve() });
  await blocked.promise;
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
  expect(attempts).toBeGreaterThan(1);
  expect(await column(client, 'select entry from log')).toEqual(['attempt 1']);
});

test('it is refused outside a transaction, and the remedies work', async () => {
  const { url, client } = await openDatabase();
  let isTransactional = false;
  const outside: ListedMigration = {
    name: 'Migration2',
    class: class extends Mixed {
      override isTransactional(): boolean {
        return isTransactional;
      }
    },
  };
  const migrator = await openMigrator(url, [log, outside]);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migrations-refused');
  expect(message).toContain('Migration2: runs queries itself');
  expect(message).toContain('Make it transactional, or emit every statement with addSql()');
  expect(await column(client, `select to_regclass('log')::text`)).toEqual([null]);
  isTransactional = true;
  expect(await migrator.up()).toHaveLength(2);
});

test('an abort before its first query has begun cancels that query', async () => {
  const { url } = await openDatabase();
  const end = new AbortController();
  let isRunning = false;
  const endless: ListedMigration = {
    name: 'Migration2',
    class: class extends Migration {
      override async up(): Promise<void> {
        if (isRunning) end.abort();
        await this.execute('select pg_sleep(3600)');
      }
    },
  };
  const migrator = await openMigrator(url, [log, endless]);
  await migrator.up({ to: 'Migration1' });
  migrator.on('migrating', () => {
    isRunning = true;
  });
  const { code } = await failure(migrator.up({ signal: end.signal }));
  expect(code).toBe('migration-interrupted');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
});
