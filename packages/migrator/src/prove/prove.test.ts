import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { openDatabase, openMigrator } from '../../test/fixtures.ts';
import { type ListedMigration, migration } from '../../test/migration.ts';
import type { ProbeKind } from './probe-statements.ts';
import type { MigrationProof } from './proof.ts';
import type { ProveOptions } from './prove-options.ts';

const createItem = migration('M1', [
  'create table item (id int primary key, name text, part int)',
  'create table log (entry text)',
]);

/** A migration outside a transaction. */
function committing(name: string, sql: string): ListedMigration {
  return {
    name,
    class: class extends Migration {
      override up(): void {
        this.addSql(sql);
      }
      override isTransactional(): boolean {
        return false;
      }
    },
  };
}

/** The proof of the last of the migrations. */
async function prove(list: ListedMigration[], options: ProveOptions = {}): Promise<MigrationProof> {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, list);
  const last = list.at(-1)?.name ?? '';
  const { migrations } = await migrator.prove({ migrations: [last], rows: 60, kills: 6, ...options });
  // The project's database stays as it is.
  const { rows } = await client.query(`select count(*)::int as count from pg_class where relname = 'item'`);
  expect(rows).toEqual([{ count: 0 }]);
  const [proof] = migrations;
  if (proof === undefined || migrations.length > 1) throw new Error('There is not one proof.');
  return proof;
}

test('locks, rewrites, scans and waits are those of each statement, and every kill is resumed', async () => {
  const proof = await prove(
    [
      createItem,
      migration('M2', ['alter table item add note text', 'alter table item alter part type bigint']),
    ],
    { kills: 200 },
  );
  expect(proof).toMatchObject({ verdict: 'proven', reasons: [], repeatables: [], rows: 60 });
  expect(proof.tables).toEqual([
    { table: 'public.item', rows: 60 },
    { table: 'public.log', rows: 60 },
  ]);
  const locks = [{ table: 'public.item', mode: 'access exclusive' }];
  expect(proof.statements).toMatchObject([
    { statement: 0, locks, areLocksExact: true, rewrites: [], scans: [], unpredicted: [] },
    { statement: 1, locks, rewrites: ['public.item', 'public.item_pkey'], scans: ['public.item'] },
  ]);
  expect(proof.statements[1]?.findings.map(({ code }) => code)).toContain('column-type-changed');
  expect(proof.probes).toMatchObject({ tables: ['public.item'], errors: [] });
  const { kills, possibleKills } = proof.crash ?? {};
  // Begin with the locks, ledger, two statements, ledger with commit: killed before and after each, and its backend ended.
  expect({ kills, possibleKills }).toEqual({ kills: 15, possibleKills: 15 });
});

test('an index that is built concurrently is resumed, also when it is killed while it waits', async () => {
  const proof = await prove(
    [createItem, migration('M2', ['create index concurrently item_name on item (name)'])],
    {
      kills: 200,
    },
  );
  expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
  expect(proof.statements).toMatchObject([{ areLocksExact: false, rewrites: [], unpredicted: [] }]);
  expect(proof.crash).toMatchObject({ failures: [], undecided: [], notCompared: [] });
});

test('a block that commits by itself and does things twice fails', async () => {
  const proof = await prove(
    [
      createItem,
      committing(
        'M2',
        `do $$ begin insert into log values ('once'); commit; insert into log values ('twice'); end $$`,
      ),
    ],
    { kills: 200 },
  );
  expect(proof.verdict).toBe('failed');
  expect(proof.reasons.join('\n')).toMatch(/killed \(after\) at "do .* public\.log: 64 rows in place of 62/);
});

test('one that does things once, however often it runs, is left to a person', async () => {
  const proof = await prove(
    [
      createItem,
      committing('M2', `do $$ begin update item set part = 7; commit; update item set name = 'x'; end $$`),
    ],
    { kills: 200 },
  );
  expect(proof).toMatchObject({ verdict: 'undecided' });
  expect(proof.reasons.join('\n')).toContain('up asks a person whether the statement is done');
});

test('a migration that runs queries itself is undecided, however well it is resumed', async () => {
  const proof = await prove([
    createItem,
    {
      name: 'M2',
      class: class extends Migration {
        override async up(): Promise<void> {
          await this.execute(`insert into log values ('opaque')`);
        }
      },
    },
  ]);
  expect(proof).toMatchObject({ verdict: 'undecided', crash: { failures: [], undecided: [] } });
  expect(proof.reasons).toEqual([expect.stringContaining('M2 runs queries itself')]);
});

test('rows that cannot be made, and a migration that fails on rows, are said', async () => {
  const refused = migration('M1', ['create table item (id int primary key check (id > 1 and id < 0))']);
  const change = migration('M2', ['alter table item add note text']);
  const none = await prove([refused, change]);
  expect(none).toMatchObject({ verdict: 'undecided' });
  expect(none.reasons).toEqual([expect.stringMatching(/public\.item got no rows: .*CHECK.*--rows-sql FILE/)]);

  const unique = migration('M2', ['alter table item add unique (part)']);
  const failing = await prove([createItem, unique], {
    rowsSql: `insert into item values (1, 'a', 1), (2, 'b', 1)`,
  });
  expect(failing).toMatchObject({ verdict: 'undecided', crash: undefined });
  expect(failing.reasons).toEqual([
    expect.stringMatching(/does not run on the rows.*could not create unique index/s),
  ]);
});

test('values that differ in each run are named, and not compared', async () => {
  const proof = await prove([
    createItem,
    migration('M2', [`alter table item add at timestamptz`, `update item set at = clock_timestamp()`]),
  ]);
  expect(proof).toMatchObject({ verdict: 'proven', crash: { notCompared: ['public.item "at"'] } });
});

test('what else differs in each run cannot be judged', async () => {
  const some = `insert into item select n, 'x' from generate_series(100000, 100000 + (random() * 1e9)::int % 999) n`;
  const proof = await prove([createItem, migration('M2', [some])], { kills: 1 });
  expect(proof.verdict).toBe('undecided');
  expect(proof.reasons.join('\n')).toMatch(
    /two undisturbed runs differ.*public\.item: \d+ rows in place of \d+/,
  );
});

test('the query of another that waited is measured', async () => {
  const proof = await prove(
    [createItem, migration('M2', ['alter table item add note text', 'select pg_sleep(0.3)'])],
    {
      kills: 1,
    },
  );
  // It began to wait during the first statement or the second one.
  const longest = (kind: ProbeKind): number =>
    Math.max(...proof.statements.map(({ waits }) => waits?.[kind] ?? 0));
  expect(longest('read')).toBeGreaterThan(200);
  expect(longest('insert')).toBeGreaterThan(200);
  expect(longest('update')).toBeGreaterThan(200);
});

test('wrong options and names are refused together', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [createItem]);
  await expect(migrator.prove({ rows: 0, kills: 1.5 })).rejects.toMatchObject({
    code: 'invalid-settings',
    message: expect.stringMatching(/rows is 0[^]*kills is 1.5/),
  });
  await expect(migrator.prove({ migrations: ['M7', 'M8'] })).rejects.toMatchObject({
    code: 'migration-not-found',
    message: expect.stringContaining('M7, M8'),
  });
});
