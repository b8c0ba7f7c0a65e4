import { beforeEach, expect, test } from 'vitest';
import { createLibrary, libraryPlan } from '../../test/library.ts';
import { query } from '../../test/query.ts';
import { readCatalog } from '../../test/read-catalog.ts';
import { seedAndDie } from '../../test/seed-and-die.ts';
import { seed } from '../seed.ts';
import { restore } from './restore.ts';
import { findUnfinishedRun } from './unfinished-run.ts';

// Records that other roles have made, or that another role than the one that connects has to undo.

const plan = libraryPlan({ authors: 20 });
let url: string;
let adminUrl: string;
let catalog: string[];
beforeEach(async () => {
  const library = await createLibrary();
  ({ url, adminUrl, catalog } = library);
  await query(
    adminUrl,
    `do $$ begin create role tenant LOGIN password 'secret'; EXCEPTION when duplicate_object then end $$;
     create schema tenant authorization tenant; grant USAGE on schema tenant to PUBLIC`,
  );
  return library.drop;
});

const as = (user: string) => Object.assign(new URL(url), { username: user }).href;

const create = (schema: string) =>
  `create table ${schema}.t (); create table ${schema}._seeder_run (started_at timestamptz default now(), record jsonb);
   grant all on all tables in schema ${schema} to PUBLIC;`;

/** Makes a record by hand whose SQL gives the tenant the library's authors. */
async function plant(schema: string, table: string): Promise<void> {
  const drop = 'grant select on public.author to tenant; commit; begin';
  await query(
    as('tenant'),
    `${schema === 'tenant' ? create(schema) : ''}
     insert into ${schema}._seeder_run (record) select jsonb_build_object(
       'plan', 'theirs', 'truncate', '[]'::jsonb, 'remove', '["${table}"]'::jsonb, 'catalog', '[]'::jsonb,
       'transactionIds', '[]'::jsonb, 'tableOids', jsonb_build_array('${table}'::regclass::oid::int8), 'dependents',
       '[{"kind": "index", "name": "x", "tableOid": 1, "drop": "${drop}", "create": "select 1"}]'::jsonb)`,
  );
}

async function expectNothingGiven(): Promise<void> {
  const sql = `select has_table_privilege('tenant', 'public.author', 'SELECT') as given`;
  expect(await query(adminUrl, sql)).toEqual([{ given: false }]);
}

test.each(['tenant.t', 'public.author'])(
  'a record that another role has made by hand about %s is not executed, not even by a superuser',
  async (table) => {
    await plant('tenant', table);
    for (const connection of [url, adminUrl]) {
      expect(await findUnfinishedRun({ url: connection })).toBeUndefined();
      expect(await restore({ url: connection })).toBeUndefined();
    }
    await seed({ url, plan, seed: 7 });
    await expectNothingGiven();
  },
);

test('such a record in a schema on the search path is reported, and not executed', async () => {
  await query(adminUrl, 'grant create on schema public to tenant');
  await query(as('tenant'), create('public').replace(/grant.*/, 'grant all on _seeder_run to PUBLIC'));
  await plant('public', 'public.t');
  expect(await findUnfinishedRun({ url })).toMatchObject({ plan: 'theirs' });
  await expect(restore({ url })).rejects.toMatchObject({
    code: 'not-the-owner',
    message: expect.stringContaining('it was started by tenant (public._seeder_run)'),
  });
  await expectNothingGiven();
});

test('no policy of row-level security runs when it is looked for', async () => {
  await query(adminUrl, 'grant create on schema public to tenant');
  await query(as('tenant'), create('public').replace(/grant.*/, 'grant all on _seeder_run to PUBLIC'));
  await plant('public', 'public.t');
  await query(
    as('tenant'),
    `create function tenant.take() returns bool language plpgsql as
       $$ begin grant select on public.author to tenant; return true; end $$;
     create policy take on _seeder_run using (tenant.take()); alter table _seeder_run enable row level security`,
  );
  expect(await restore({ url })).toBeUndefined();
  await expectNothingGiven();
});

test("another team's load that was cut off, in its own schema and unreadable, is ignored", async () => {
  await query(as('tenant'), create('tenant'));
  await query(as('tenant'), 'revoke all on tenant._seeder_run from PUBLIC');
  expect(await findUnfinishedRun({ url })).toBeUndefined();
  await seed({ url, plan, seed: 7 });
});

test('of two records, the one that this role can undo is undone', async () => {
  await plant('tenant', 'tenant.t');
  await seedAndDie(url, { authors: 300, phase: 'indexes' });
  expect(await findUnfinishedRun({ url })).toMatchObject({ plan: 'library' });
  expect(await restore({ url })).toBe('library');
  expect(await readCatalog(url)).toEqual(catalog);
  await expectNothingGiven();
});

test('default privileges give nobody else the right to write into a record', async () => {
  await query(url, 'alter default privileges grant all on tables to tenant, PUBLIC');
  await seedAndDie(url, { authors: 300, phase: 'rows' });
  const take = `update _seeder_run set record = record`;
  await expect(query(as('tenant'), take)).rejects.toThrow('permission denied');
  // Whoever may read the tables can still find out why they have no constraints.
  expect(await findUnfinishedRun({ url: as('tenant') })).toMatchObject({ plan: 'library' });
  expect(await restore({ url })).toBe('library');
});

test('a role that does not own the tables is told to connect as their owner, on the writer', async () => {
  await query(url, 'alter default privileges grant select on tables to tenant');
  await seedAndDie(url, { authors: 300, phase: 'rows' });
  const reading = new URL(url);
  reading.searchParams.set('options', '-c default_transaction_read_only=on');
  for (const { connection, code } of [
    { connection: as('tenant'), code: 'not-the-owner' },
    { connection: adminUrl, code: 'not-the-owner' },
    { connection: reading.href, code: 'not-the-writer' },
  ] as const) {
    for (const attempt of [
      () => restore({ url: connection }),
      () => seed({ url: connection, plan, seed: 7 }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code,
        hint: expect.stringMatching(/^Connect .*owner.* writer|^Connect .*writer.*owner/),
      });
    }
  }
  expect(await restore({ url })).toBe('library');
});

test('the error about an earlier load that cannot be undone does not say that the database is as before', async () => {
  await seedAndDie(url, { authors: 300, phase: 'indexes' });
  await query(url, 'create trigger stop before truncate on author execute function refuse()');
  for (const attempt of [() => restore({ url }), () => seed({ url, plan, seed: 7 })]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'restore-failed',
      message: expect.stringMatching(/^The load that was cut off was not undone: the trigger fired\./),
    });
  }
  expect(await findUnfinishedRun({ url })).toMatchObject({ plan: 'library' });
  await query(url, 'drop trigger stop on author');
  await seed({ url, plan, seed: 7 });
});
