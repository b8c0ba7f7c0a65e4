import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../../test/fixtures.ts';
import { type ListedMigration, migration } from '../../test/migration.ts';

/** A migration of another tool: evaluating it fails, and running it would show in `runs`. */
function foreign(name: string): ListedMigration {
  const listed = migration(name, ['insert into runs values (1)']);
  return {
    name,
    class: class extends listed.class {
      override up(): void {
        throw new Error('It must not be evaluated.');
      }
    },
  };
}

const next = migration('zz_next', ['create table added (id int)'], ['drop table added']);

/** Each tool's table as it creates it, with two migrations applied. */
const histories = [
  {
    tool: 'MikroORM',
    table: 'meta.my_migrations',
    sql: `create schema meta;
      create table meta.my_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now());
      insert into meta.my_migrations (name) values ('Migration1.ts'), ('Migration2.js')`,
    names: ['Migration1', 'Migration2'],
  },
  {
    tool: 'Flyway',
    table: 'app.flyway_schema_history',
    sql: `create schema app;
      create table app.flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200),
        type varchar(20), script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp default now(),
        execution_time int, success boolean);
      insert into app.flyway_schema_history values
        (0, null, '<< Flyway Schema Creation >>', 'SCHEMA', '"app"', null, 'x', now(), 0, true),
        (1, '1', 'init', 'SQL', 'V1__init.sql', 1, 'x', now(), 1, true),
        (2, '2', 'wrong', 'SQL', 'V2__wrong.sql', 1, 'x', now(), 1, true),
        (3, '2', 'wrong', 'UNDO_SQL', 'U2__wrong.sql', 1, 'x', now(), 1, true),
        (4, '2.1', 'add name', 'SQL', 'db/V2_1__add_name.sql', 1, 'x', now(), 1, true),
        (5, null, 'views', 'SQL', 'R__views.sql', 1, 'x', now(), 1, true)`,
    names: ['V1__init', 'V2_1__add_other'],
  },
  {
    tool: 'Prisma',
    table: 'public._prisma_migrations',
    sql: `create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64), finished_at timestamptz,
        migration_name varchar(255), logs text, rolled_back_at timestamptz, started_at timestamptz default now(),
        applied_steps_count int default 0);
      insert into _prisma_migrations values
        ('a', 'x', null, '20260101000000_init', 'error', now(), '2026-01-01'),
        ('b', 'x', now(), '20260101000000_init', null, null, '2026-01-02'),
        ('c', 'x', now(), '20260102000000_name', null, null, '2026-01-03')`,
    names: ['20260101000000_init', '20260102000000_name'],
  },
  {
    tool: 'Drizzle',
    table: 'drizzle.__drizzle_migrations',
    sql: `create schema drizzle;
      create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
      insert into drizzle.__drizzle_migrations (hash, created_at) values ('aa', 1700000000000), ('bb', 1700000000001)`,
    names: ['0000_init', '0001_name'],
  },
  {
    tool: 'node-pg-migrate',
    table: 'public.pgmigrations',
    sql: `create table pgmigrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);
      insert into pgmigrations (name, run_on) values ('1700000000000_init', now()), ('1700000000001_name', now())`,
    names: ['1700000000000_init', '1700000000001_name'],
  },
  {
    tool: 'Knex',
    table: 'public.knex_migrations',
    sql: `create table knex_migrations (id serial primary key, name varchar(255), batch int, migration_time timestamptz);
      insert into knex_migrations (name, batch, migration_time) values
        ('20260101_init.js', 1, now()), ('20260102_name.ts', 2, now())`,
    names: ['20260101_init', '20260102_name'],
  },
  {
    tool: 'Liquibase',
    table: 'public.databasechangelog',
    sql: `create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null,
        dateexecuted timestamp not null, orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35));
      insert into databasechangelog values ('1', 'x', 'db/001-init.sql', now(), 1, 'EXECUTED'),
        ('2', 'x', 'db/001-init.sql', now(), 2, 'EXECUTED'), ('002-name', 'y', 'db/more.xml', now(), 3, 'MARK_RAN')`,
    names: ['001-init', '002-name'],
  },
];

async function adoptable(sql: string, names: readonly string[]) {
  const { url, client } = await openDatabase();
  await client.query(`create table runs (n int); ${sql}`);
  const migrator = await openMigrator(url, [...names.map(foreign), next]);
  return { url, client, migrator };
}

async function drizzleJournal(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drizzle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entries = ['0000_init', '0001_name'].map((tag, index) => ({ tag, when: 1_700_000_000_000 + index }));
  await mkdir(join(folder, 'meta'));
  await writeFile(join(folder, 'meta', '_journal.json'), JSON.stringify({ entries }));
  return join(folder, 'meta', '_journal.json');
}

test.each(histories)('the history of $tool is taken over whole', async ({ tool, table, sql, names }) => {
  const { client, migrator } = await adoptable(sql, names);
  const before = await contentOf(client, table);
  const options = { journal: tool === 'Drizzle' ? await drizzleJournal() : undefined };
  // Histories in other schemas can be those of other programs, unless their entries have the names of migrations here.
  const { message } = table.startsWith('app.') ? { message: 'adopt --from' } : await failure(migrator.up());
  expect(message).toContain('adopt --from');
  const plan = await migrator.adopt({ ...options, dryRun: true });
  expect(plan).toMatchObject({ tool, table });
  expect(plan.adopted.map(({ name }) => name)).toEqual(names);
  expect(await column(client, `select to_regclass('migration_ledger')::text`)).toEqual([null]);
  expect(await migrator.adopt(options)).toEqual(plan);
  expect(await states(migrator)).toEqual([...names.map((name) => `${name} applied`), 'zz_next pending']);
  expect(await contentOf(client, table)).toEqual(before);
  expect((await migrator.up()).map(({ name }) => name)).toEqual(['zz_next']);
  expect((await migrator.down()).map(({ name }) => name)).toEqual(['zz_next']);
  expect(await column(client, 'select n from runs')).toEqual([]);
});

function contentOf(client: Client, table: string): Promise<unknown[]> {
  return column(client, `select to_jsonb(t)::text from ${table} t order by 1`);
}

const stock = (names: readonly string[], table = 'done'): string =>
  `create table ${table} (id serial primary key, name varchar(255), executed_at timestamptz default now());
   insert into ${table} (name) values ${names.map((name) => `('${name}')`).join(', ')};`;

test('what does not fit is refused with each name, and the decisions that the message names work', async () => {
  const { client, migrator } = await adoptable(stock(['M1', 'M4', 'gone']), ['M1', 'M2', 'M3', 'M4']);
  const { code, message } = await failure(migrator.adopt());
  expect(code).toBe('migrations-refused');
  expect(message.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^- gone: is in the history, and not in the code.*adopt --ignore gone`/),
    expect.stringMatching(/^- M2: is not in the history.*adopt --applied M2`.*adopt --pending M2`/),
    expect.stringMatching(/^- M3: is not in the history/),
  ]);
  expect(await column(client, `select to_regclass('migration_ledger')::text`)).toEqual([null]);
  const decisions = { ignore: ['gone'], applied: ['M2'], pending: ['M3'] };
  const { adopted, leftOut } = await migrator.adopt(decisions);
  expect(adopted.map(({ name, entries }) => [name, entries])).toEqual([
    ['M1', ['M1']],
    ['M2', []],
    ['M4', ['M4']],
  ]);
  expect(leftOut).toEqual(['gone']);
  const { message: refusal } = await failure(migrator.up());
  expect(refusal).toContain('M3: up() failed');
});

test('decisions that name nothing are refused', async () => {
  const { migrator } = await adoptable(stock(['M1']), ['M1']);
  const { message } = await failure(migrator.adopt({ applied: ['M7'], pending: ['M8'], ignore: ['M9'] }));
  for (const name of ['M7: is no migration', 'M8: is no migration', 'M9: is no entry']) {
    expect(message).toContain(name);
  }
});

test.each([
  {
    tool: 'Prisma',
    sql: `create table _prisma_migrations (migration_name text, started_at timestamptz, finished_at timestamptz,
      rolled_back_at timestamptz); insert into _prisma_migrations values ('1_init', now(), null, null)`,
    name: '1_init',
  },
  {
    tool: 'Flyway',
    sql: `create table flyway_schema_history (installed_rank int, version text, description text, type text, script text,
      installed_on timestamp, success boolean);
      insert into flyway_schema_history values (1, '1', 'init', 'SQL', 'V1__init.sql', now(), false)`,
    name: 'V1__init',
  },
])('what has failed in $tool is taken over as applied or as pending, as decided', async ({ sql, name }) => {
  for (const { decision, runs } of [
    { decision: 'applied', runs: 0 },
    { decision: 'pending', runs: 1 },
  ]) {
    const { url, client } = await openDatabase();
    await client.query(`create table runs (n int); ${sql}`);
    const migrator = await openMigrator(url, [migration(name, ['insert into runs values (1)']), next]);
    expect((await failure(migrator.adopt())).message).toContain(`${name}: has failed in the history`);
    await migrator.adopt({ [decision]: [name] });
    await migrator.up();
    expect(await column(client, 'select n from runs')).toHaveLength(runs);
  }
});

test('rows that are added to the history later are told, and taken over by another adopt', async () => {
  const { url, client, migrator } = await adoptable(stock(['M1']), ['M1']);
  await migrator.adopt();
  await client.query(`insert into done (name) values ('M2'), ('only_there')`);
  const newer = await openMigrator(url, [...['M1', 'M2'].map(foreign), migration('M3', ['select 1'])]);
  expect((await failure(newer.up({ to: 'M3' }))).code).toBe('migrations-refused');
  await newer.adopt({ ignore: ['only_there'] });
  expect(await states(newer)).toEqual(['M1 applied', 'M2 applied', 'M3 pending']);
  expect(await newer.up()).toHaveLength(1);
});

test('rows that are added to the history of Flyway later stop up(), and name the entry', async () => {
  const { client, migrator } = await adoptable(histories[1]?.sql ?? '', ['V1__init', 'V2_1__add_name']);
  await migrator.adopt();
  await client.query(
    `insert into app.flyway_schema_history values (9, '3', 'later', 'SQL', 'V3__later.sql', 1, 'x', now(), 1, true)`,
  );
  const { message } = await failure(migrator.up());
  expect(message).toContain('app.flyway_schema_history: has entries since it was taken over: V3__later');
  await migrator.adopt({ ignore: ['V3__later'] });
  expect(await migrator.up()).toHaveLength(1);
});

test('of several histories one is named', async () => {
  const { migrator } = await adoptable(`${stock(['M1'])} ${stock(['M1', 'M2'], 'other')}`, ['M1', 'M2']);
  const { message } = await failure(migrator.adopt());
  expect(message).toContain('adopt --from public.done`');
  expect(message).toContain('adopt --from public.other`');
  expect((await migrator.adopt({ from: 'other' })).adopted).toHaveLength(2);
});

test('a ledger that was given another name is taken over', async () => {
  const { url } = await openDatabase();
  const [one, two] = [migration('M1', ['create table one (id int)']), migration('M2', ['select 1'])];
  await (await openMigrator(url, [one])).up();
  const migrator = await openMigrator(url, [one, two], { migrations: { tableName: 'other' } });
  expect((await failure(migrator.up())).message).toContain('adopt --from public.migration_ledger`');
  expect((await migrator.adopt()).adopted.map(({ name }) => name)).toEqual(['M1']);
  expect(await migrator.up()).toHaveLength(1);
});

test('a file in SQL is matched with an entry of drizzle by its hash', async () => {
  const { entryNames } = await import('./entry-names.ts');
  const folder = await mkdtemp(join(tmpdir(), 'drizzle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, '0000_init.sql');
  await writeFile(path, 'create table a ();\n');
  const load = (): never => {
    throw new Error('It must not be loaded.');
  };
  const { byHash } = await entryNames(
    [{ name: '0000_init', path, load, requiresBackfills: load, replaces: load }],
    undefined,
  );
  const hash = createHash('sha256').update('create table a ();\n').digest('hex');
  expect(byHash.get(hash)).toBe('0000_init');
});

test('a database without a history is refused, and baseline records it', async () => {
  const { client, migrator } = await adoptable('create table shop (id int)', ['M1', 'M2']);
  expect((await failure(migrator.adopt())).message).toContain('baseline NAME');
  expect(await migrator.baseline('M2', { dryRun: true })).toEqual(['M1', 'M2']);
  expect(await column(client, `select to_regclass('migration_ledger')::text`)).toEqual([null]);
  expect(await migrator.baseline('M2')).toEqual(['M1', 'M2']);
  expect(await migrator.baseline('M2')).toEqual([]);
  expect((await failure(migrator.baseline('M9'))).code).toBe('migration-not-found');
  expect(await migrator.up()).toEqual([{ name: 'zz_next' }]);
  expect(await column(client, 'select n from runs')).toEqual([]);
});

test.each([
  {
    history: 5,
    added: `insert into knex_migrations (name) values ('later.js')`,
    outcome: 'since it was taken over: later',
  },
  // In a schema that the run does not use: it can be that of another program.
  {
    history: 1,
    added: `insert into app.flyway_schema_history values (9, '3', 'later', 'SQL', 'V3__later.sql', 1, 'x', now(), 1, true)`,
    outcome: 'applied zzz',
  },
])(
  'baseline makes entries known: "$outcome" follows from $added',
  async ({ history, added, outcome: expected }) => {
    const { url, client, migrator } = await adoptable(histories[history]?.sql ?? '', ['A1']);
    expect((await failure(migrator.adopt())).message).toContain('is in the history, and not in the code');
    await migrator.baseline('A1');
    expect(await migrator.up()).toHaveLength(1);
    await client.query(added);
    const newer = await openMigrator(url, [foreign('A1'), next, migration('zzz', ['select 1'])]);
    const outcome = await newer.up().then(
      (applied) => `applied ${applied.map(({ name }) => name).join(', ')}`,
      (error: Error) => error.message,
    );
    expect(outcome).toContain(expected);
  },
);

test('a history that the code has nothing of is ignored as a whole', async () => {
  const { migrator } = await adoptable(histories[5]?.sql ?? '', []);
  const ignore = ['20260101_init', '20260102_name'];
  expect((await failure(migrator.up())).message).toContain('is the history of Knex');
  expect(await migrator.adopt({ ignore })).toMatchObject({ adopted: [], leftOut: ignore });
  expect(await migrator.up()).toHaveLength(1);
});
