import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createLogin, failure, openClient, openDatabase, openMigrator } from '../../test/fixtures.ts';
import { folderOf, migratorOf, writeFiles } from '../../test/folder.ts';
import { migration } from '../../test/migration.ts';
import { configFile, createProject, migrationFile, migrator } from '../../test/project.ts';
import type { Migrator } from '../migrator.ts';
import { describeDrift } from './describe-drift.ts';
import type { DriftOptions } from './drift-options.ts';
import { readDriftSettings } from './drift-settings.ts';

const Item = defineEntity({
  name: 'Item',
  properties: { id: p.integer().primary(), note: p.text().nullable() },
});

const history = [
  migration('M1', [
    `create table item (id serial primary key);
     create function audit() returns trigger language plpgsql as 'begin return new; end';
     create trigger audit before insert on item for each row execute function audit()`,
  ]),
  migration('M2', ['create index concurrently item_id_index on item (id)']),
];
const pending = migration('M3', ['alter table item add note text']);

async function openShop(list = history): Promise<{ client: Client; migrator: Migrator; url: string }> {
  const { url, client } = await openDatabase();
  const options = { entities: [Item] };
  await (await openMigrator(url, list, options)).up();
  return { url, client, migrator: await openMigrator(url, [...history, pending], options) };
}

async function lines(migrator: Migrator, options: DriftOptions = {}): Promise<string[]> {
  return describeDrift(await migrator.drift(options)).split('\n');
}

test('a database that has all migrations, and entities that they make', async () => {
  const { migrator } = await openShop([...history, pending]);
  expect(await migrator.drift()).toEqual({
    findings: [],
    pending: [],
    suppressed: [],
    suppressionFaults: [],
    undecided: [],
  });
  expect(await lines(migrator)).toEqual(['The entities, the migrations and the database agree.']);
});

test('tables in which migrators write down what they did are not compared', async () => {
  const { client, migrator } = await openShop([...history, pending]);
  await client.query(`
    create table migration_backfill (name text primary key);
    create table mikro_orm_migrations (id serial primary key, name text, executed_at timestamptz default now())`);
  expect(await migrator.drift()).toMatchObject({ findings: [], undecided: [] });
});

test('what is pending is no finding', async () => {
  const { migrator } = await openShop();
  const drift = await migrator.drift();
  expect(drift).toMatchObject({ findings: [], undecided: [] });
  expect(drift.pending).toMatchObject([{ verb: 'add', identity: 'public.item.note' }]);
});

test('it says who deviates', async () => {
  const { client, url } = await openShop();
  const Bigger = defineEntity({
    name: 'Item',
    properties: { id: p.integer().primary(), note: p.text().nullable(), price: p.integer().default(0) },
  });
  const migrator = await openMigrator(url, [...history, pending], { entities: [Bigger] });
  await client.query(`
    alter table item disable trigger audit;
    create or replace function audit() returns trigger language plpgsql as 'begin return null; end';
    alter table item add note text, add price int not null default 0;
    grant delete on item to public;
    create table legacy (id int)`);
  expect(await lines(migrator)).toEqual([
    'The live database differs from the migrations that it has applied. It was changed by hand: undo that, or write it into a migration.',
    '  column note of public.item: added (as a pending migration will)',
    '  column price of public.item: added (as the entities ask for)',
    '  function public.audit(): body begin return new; end → begin return null; end',
    '  table public.item: privileges of public default → DELETE',
    '  table public.legacy: added (and 1 object with it)',
    '  trigger audit of public.item: enabled origin → disabled',
    '',
    'The entities ask for what no migration makes. Write one: `npx @ecommerce-dms/migrator create`.',
    '  column price of public.item: added',
    '',
    'Pending migrations will change:',
    '  column note of public.item: added',
  ]);
});

test('what cannot be replayed is said, not passed over', async () => {
  const { client, url } = await openShop();
  const unreplayable = migration('M3', ['insert into gone values (1)']);
  const migrator = await openMigrator(url, [...history.slice(0, 1), unreplayable], { entities: [Item] });
  await client.query('drop trigger audit on item');
  const { findings, undecided } = await migrator.drift();
  expect(undecided).toEqual([
    'migration M2: it is applied, and the code does not have it',
    expect.stringMatching(/^the pending migrations cannot be replayed: .*gone/s),
  ]);
  expect(findings.map(({ identity }) => identity)).toContain('public.item.audit');
});

test('repeatable migrations as they were run, while others are pending', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({
    'M1.sql': 'create table item (id int)',
    'repeatable/view.sql': 'create or replace view item_view as select id from item',
  });
  await (await migratorOf(url, folder)).up();
  await writeFiles(folder, {
    'M2.sql': 'create index item_id on item (id)',
    'repeatable/view.sql': 'create or replace view item_view as select id from item where id > 0',
  });
  const drift = await (await migratorOf(url, folder)).drift();
  expect(drift).toMatchObject({ undecided: [], pending: [{ kind: 'index' }, { kind: 'view' }] });
  expect(drift.findings.filter(({ side }) => side === 'live')).toEqual([]);
  await client.query('create or replace view item_view as select id from item where id > 7');
  const tampered = await (await migratorOf(url, folder)).drift();
  expect(tampered.findings.filter(({ side }) => side === 'live')).toMatchObject([
    { kind: 'view', attribute: 'definition' },
  ]);
});

test('a schema of the options, and names that have to be quoted', async () => {
  const { url, client } = await openDatabase();
  const Tagged = defineEntity({ name: 'Tagged', properties: { id: p.integer().primary() } });
  const migrator = await openMigrator(
    url,
    [migration('M1', ['create table tagged (id serial primary key)'])],
    {
      entities: [Tagged],
      migrations: { schema: 'Shop', tableName: 'Ledger' },
    },
  );
  await client.query('create schema "Shop"');
  await migrator.up({ schema: 'Shop' });
  const options = { shadowSql: 'create schema "Shop"' };
  expect(await migrator.drift(options)).toMatchObject({ findings: [], undecided: [], pending: [] });
  await client.query('alter table "Shop".tagged add extra int');
  expect((await migrator.drift(options)).findings).toMatchObject([
    { side: 'live', verb: 'add', identity: '"Shop".tagged.extra' },
  ]);
});

test('suppressions, exempt partitions, and those that nothing needs', async () => {
  const partitioned = migration('M1', ['create table log (at date) partition by range (at)']);
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [partitioned], {
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
  await migrator.up();
  await client.query(`
    create table log_2026 partition of log for values from ('2026-01-01') to ('2027-01-01');
    create table other partition of log for values from ('2027-01-01') to ('2028-01-01');
    create schema cron; create table cron.job (id int)`);
  const drift = await migrator.drift({
    partitions: [{ parent: 'public.log', name: 'public.log_*' }],
    suppressions: [
      { identity: 'cron*', reason: 'pg_cron' },
      { kind: 'role', reason: 'others' },
    ],
  });
  expect(drift.findings.map(({ identity }) => identity)).toEqual(['public.other']);
  expect(drift.suppressed.map(({ difference }) => difference.identity)).toEqual(['cron', 'cron.job']);
  expect(drift.suppressionFaults).toEqual([
    { fault: 'unused', suppression: { kind: 'role', reason: 'others' } },
  ]);
});

test('a role that owns the schema in place of the owner of the database', async () => {
  const { url, client } = await openDatabase();
  const role = `drift_owner_${process.pid}`;
  const own = await createLogin(client, url, role);
  await client.query(`alter role ${role} createdb; grant all on schema public to ${role}`);
  onTestFinished(async () => {
    const last = await openClient(url);
    await last.query(`drop owned by ${role}; drop role ${role}`);
  });
  const migrator = await openMigrator(own, [...history, pending], { entities: [Item] });
  await migrator.up();
  await client.query('drop trigger audit on item');
  const { findings } = await migrator.drift({ shadowSql: 'grant all on schema public to current_user' });
  expect(
    findings.map(({ kind, identity }) => `${kind} ${identity}`).filter((each) => !each.startsWith('schema')),
  ).toEqual(['trigger public.item.audit']);
});

test('the manifest has what no migration makes', async () => {
  const { client, migrator } = await openShop([...history, pending]);
  const { text } = await migrator.manifest();
  expect((await migrator.drift({ manifest: text })).findings.filter(isOurs)).toEqual([]);
  await client.query(
    `do $$ begin execute format('alter database %I set work_mem = %L', current_database(), '99MB'); end $$`,
  );
  const { findings } = await migrator.drift({ manifest: text });
  expect(findings.filter(isOurs)).toMatchObject([
    { side: 'manifest', kind: 'database', attribute: 'setting work_mem', to: '99MB' },
  ]);
});

/** Other tests change the roles of the same cluster. */
function isOurs({ kind }: { kind: string }): boolean {
  return kind !== 'role' && kind !== 'membership' && kind !== 'parameter';
}

test('the command ends with 3 and says what it found', async () => {
  const { url, client } = await openDatabase();
  const folder = await createProject({
    'mikro-orm.config.ts': configFile,
    'migrations/M1.ts': migrationFile(
      'M1',
      `this.addSql('create table item (id serial primary key, name text not null)');`,
    ),
    'drift.json': '{ "suppressions": [{ "identity": "public.theirs", "reason": "their team" }] }',
  });
  const run = (...words: string[]) => migrator(folder, words, { DATABASE_URL: url });
  await run('up');
  expect(await run('drift')).toMatchObject({
    code: 0,
    stdout: 'The entities, the migrations and the database agree.\n',
  });
  await client.query('create table theirs (id int); create table ours (id int)');
  const found = await run('drift', '--json', '--settings', `${folder}/drift.json`);
  expect(found.code).toBe(3);
  expect(JSON.parse(found.stdout)).toMatchObject({
    findings: [{ side: 'live', verb: 'add', kind: 'table', identity: 'public.ours' }],
    suppressed: [{ reason: 'their team' }],
  });
  expect((await run('drift')).stdout).toContain('table public.ours: added');
  const written = await run('drift', '--write-manifest', `${folder}/schema.manifest`);
  expect(written).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Wrote \d+ objects/) });
  expect(await readFile(join(folder, 'schema.manifest'), 'utf8')).toContain('\ntable: public.ours\n');
});

test('following what it says ends in agreement', async () => {
  const { url } = await openDatabase();
  const folder = await createProject({
    'mikro-orm.config.ts': configFile,
    'migrations/M1.ts': migrationFile('M1', `this.addSql('create table item (id serial primary key)');`),
  });
  const run = (...words: string[]) => migrator(folder, words, { DATABASE_URL: url });
  await run('up');
  const found = await run('drift');
  expect(found.stdout).toContain('column name of public.item: added');
  const [, command = ''] = /Write one: `npx @ecommerce-dms\/migrator ([^`]+)`/.exec(found.stdout) ?? [];
  expect(await run(...command.split(' '))).toMatchObject({ code: 0 });
  const backfills = join(folder, 'migrations/backfills');
  for (const file of await readdir(backfills)) {
    const text = await readFile(join(backfills, file), 'utf8');
    await writeFile(join(backfills, file), text.replace(/\/\*.*\*\//, `'a name'`));
  }
  const pending = await run('drift');
  expect(pending).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Pending migrations will change:\n  column name of public.item: added'),
  });
  expect(await run('up', '--run-backfills')).toMatchObject({ code: 0 });
  expect((await run('drift')).stdout).toBe('The entities, the migrations and the database agree.\n');
});

test('all faults of the settings are named at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drift-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'drift.json');
  await writeFile(file, '{ "suppressions": [{ "kinds": "role" }], "partitions": 1, "other": 2 }');
  await expect(readDriftSettings(file)).rejects.toMatchObject({
    code: 'invalid-settings',
    message: `Wrong settings in ${file}:
- suppressions[0] has no reason
- suppressions[0] has kinds, which means nothing
- partitions is no list
- there is no setting other`,
  });
  // What the hint shows is read.
  const { hint } = await failure(readDriftSettings(file));
  const example = /such as (\{.*\})\.$/.exec(hint)?.[1] ?? '';
  await writeFile(file, example);
  await expect(readDriftSettings(file)).resolves.toEqual(JSON.parse(example));
});
