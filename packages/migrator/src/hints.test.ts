import { globSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createLogin, openClient, openDatabase, takeLock } from '../test/fixtures.ts';
import { addFiles, createProject } from '../test/project.ts';
import { lockClass } from './advisory-lock.ts';
import { backfillKey } from './backfill/session.ts';
import { commandName } from './migrator-command.ts';
import { type Outcome, runHere } from '../test/run-here.ts';

// A hint is a promise: each remedy that a message names is executed as it is printed, in a database of its own, and
// `up` passes afterwards. Remedies of `up` itself are followed, too.

const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, file), 'utf8') }));

interface World {
  folder: string;
  url: string;
  client: Client;
  /** Runs a command of the package in the project. */
  run: (...words: string[]) => Promise<Outcome>;
  /** Writes migrations: their statements, by name. */
  write: (migrations: Record<string, string[]>) => Promise<void>;
}

interface Case {
  /** Brings about the failure; what it returns has failed. */
  fail: (world: World) => Promise<Outcome>;
  message: string;
  /** The remedies of the message, in order, each with what the message asks to do by hand before. */
  remedies: Record<string, ((world: World) => Promise<unknown>) | undefined>;
  /** What stands for a word that the user has to choose. */
  placeholders?: Record<string, string>;
  /** What passes afterwards, unless `up`. */
  passes?: string[];
}

const config = `import { defineConfig } from '@mikro-orm/postgresql';
export default defineConfig({
  clientUrl: 'URL',
  entities: [],
  discovery: { warnWhenNoEntities: false },
  migrations: { path: './migrations' },
});
`;

async function openWorld(): Promise<World> {
  const { url, client } = await openDatabase();
  const folder = await createProject({ 'mikro-orm.config.js': config.replace('URL', url) });
  await mkdir(join(folder, 'migrations'));
  let generation = 0;
  const write = async (migrations: Record<string, string[]>): Promise<void> => {
    // Node imports a file once: a changed one needs another path.
    const path = `migrations${++generation}`;
    const files = Object.entries(migrations).map(([name, statements]) => [
      `${path}/${name}.js`,
      `import { Migration } from '@mikro-orm/migrations';
export class Listed extends Migration {
  up() { for (const sql of ${JSON.stringify(statements)}) this.addSql(sql); }
  down() { this.addSql('select 1'); }
}`,
    ]);
    await addFiles(folder, Object.fromEntries(files));
    await addFiles(folder, {
      'package.json': `{ "type": "module", "mikro-orm": { "configPaths": ["./config${generation}.js"] } }`,
      [`config${generation}.js`]: config.replace('URL', url).replace('./migrations', `./${path}`),
    });
  };
  const run = (...words: string[]): Promise<Outcome> => runHere(folder, words);
  await write({ M1: ['create table one (id int)'], M2: ['create table two (id int)'] });
  return { folder, url, client, run, write };
}

const stock = (name: string, ...migrations: string[]): string =>
  `create table ${name} (id serial, name varchar(255), executed_at timestamptz default now());
   insert into ${name} (name) values ${migrations.map((each) => `('${each}')`).join(', ')};`;
const prisma = `create table _prisma_migrations (migration_name text, started_at timestamptz, finished_at timestamptz,
  rolled_back_at timestamptz); insert into _prisma_migrations values ('M1', now(), null, null)`;
const one = ['create table one (id int)'];
const two = ['create table two (id int)'];
const halfWay = [
  'create table two (id int)',
  'create index concurrently two_id on two (id)',
  'insert into three values (1)',
];

async function stopHalfWay({ write, run }: World): Promise<Outcome> {
  await write({ M1: one, M2: halfWay });
  return run('up');
}
const undo = ({ client }: World) => client.query('drop table two');
const supply = ({ client }: World) => client.query('create table three (id int)');
const correct = ({ write }: World) => write({ M1: one, M2: two });

const cases: Record<string, Case> = {
  'a migration without a proof': {
    fail: async ({ run, write }) => {
      await write({ M1: one });
      await run('sum');
      return run('up', '--require-proof');
    },
    message: 'M1: is not proven. Prove it',
    remedies: { 'prove M1': undefined, info: undefined },
    passes: ['up', '--require-proof'],
  },
  'no place for proofs': {
    fail: async ({ run, write }) => {
      await write({ M1: one });
      return run('up', '--require-proof');
    },
    message: 'migrations.sum: does not exist, and it would have the proofs',
    remedies: { sum: undefined, info: undefined },
    passes: ['up', '--require-proof'],
  },
  'a history that up finds': {
    fail: async ({ client, run }) => {
      await client.query(`create table one (id int); ${stock('done', 'M1')}`);
      return run('up');
    },
    message: 'M1: is recorded as applied in the table public.done',
    remedies: { 'adopt --from public.done': undefined, info: undefined },
  },
  'a history of another tool that up finds': {
    fail: async ({ client, run }) => {
      await client.query(`create table one (id int); create table knex_migrations (id serial, name text, batch int,
        migration_time timestamptz); insert into knex_migrations (name) values ('M1.js')`);
      return run('up');
    },
    message: 'public.knex_migrations: is the history of Knex',
    remedies: {
      'adopt --from public.knex_migrations': undefined,
      'baseline NAME': undefined,
      info: undefined,
    },
    placeholders: { NAME: 'M1' },
  },
  'an entry that the code lacks': {
    fail: async ({ client, run }) => {
      await client.query(`create table one (id int); ${stock('done', 'M1', 'gone')}`);
      return run('adopt');
    },
    message: 'gone: is in the history, and not in the code',
    remedies: { 'adopt --ignore gone': undefined, info: undefined },
  },
  'an entry that has failed': {
    fail: async ({ client, run }) => {
      await client.query(prisma);
      return run('adopt');
    },
    message: 'M1: has failed in the history',
    remedies: { 'adopt --applied M1': undefined, 'adopt --pending M1': undefined, info: undefined },
  },
  'a migration that the history lacks': {
    fail: async ({ client, run }) => {
      await client.query(stock('done', 'M2'));
      return run('adopt');
    },
    message: 'M1: is not in the history, which has later ones',
    remedies: { 'adopt --applied M1': undefined, 'adopt --pending M1': undefined, info: undefined },
  },
  'several histories': {
    fail: async ({ client, run }) => {
      await client.query(`${stock('done', 'M1')} ${stock('other', 'M1', 'M2')}`);
      return run('adopt');
    },
    message: 'public.done: is the history of MikroORM, and not the only one',
    remedies: {
      'adopt --from public.done': undefined,
      'adopt --from public.other': undefined,
      info: undefined,
    },
  },
  'no history': {
    fail: async ({ client, run }) => {
      await client.query('create table one (id int)');
      return run('adopt');
    },
    message: 'has no history of another tool with entries',
    remedies: {
      'baseline NAME': undefined,
      up: ({ client }) => client.query('drop table one'),
      info: undefined,
    },
    placeholders: { NAME: 'M1' },
  },
  'a table that exists': {
    fail: async ({ client, run }) => {
      await client.query('create table one (id int)');
      return run('up');
    },
    message: 'M1: creates the table "public"."one", which exists',
    remedies: { 'baseline M1': undefined, info: undefined },
  },
  'decisions about names that are not there': {
    fail: async ({ client, run }) => {
      await client.query(stock('done', 'M1'));
      return run('adopt', '--applied', 'M8', '--ignore', 'M9');
    },
    message: 'M9: is no entry of public.done',
    remedies: { info: undefined, 'adopt --dry-run': undefined },
    passes: ['adopt'],
  },
  'a journal that is none': {
    fail: async ({ client, run }) => {
      await client.query(stock('done', 'M1'));
      return run('adopt', '--journal', 'nothing.json');
    },
    message: 'nothing.json is no journal of drizzle',
    remedies: {
      'adopt --journal drizzle/meta/_journal.json': async ({ folder }) => {
        await addFiles(folder, { 'drizzle/meta/_journal.json': '{ "entries": [] }' });
      },
    },
  },
  'a migration that is missing': {
    fail: async ({ run, write }) => {
      await write({ M1: one, M2: two, M3: ['select 3'] });
      await run('up');
      await write({ M2: two, M3: ['select 3'] });
      return run('up');
    },
    message: 'M1: is in the ledger and not in the code',
    remedies: { 'repair --forget M1': undefined, info: undefined },
  },
  'a migration that sorts before an applied one': {
    fail: async ({ run, write }) => {
      await write({ M2: two });
      await run('up');
      await write({ M1: one, M2: two });
      return run('up');
    },
    message: 'M1: sorts before a migration that is applied',
    remedies: { 'up --allow-out-of-order': undefined, info: undefined },
  },
  'a statement that fails half-way': {
    fail: stopHalfWay,
    message: 'Migration M2 (up) failed at statement 3 of 3',
    remedies: {
      'repair --forget M2': async (world) => {
        await undo(world);
        await correct(world);
      },
      up: supply,
    },
  },
  'a migration that changed half-way': {
    fail: async (world) => {
      await stopHalfWay(world);
      await correct(world);
      return world.run('up');
    },
    message: 'M2: changed after 2 of its statements had run (up)',
    remedies: { 'repair --forget M2': undo, 'repair --mark-applied M2': supply, info: undefined },
  },
  'a revert of what is half-applied': {
    fail: async (world) => {
      await stopHalfWay(world);
      return world.run('down');
    },
    message: 'M2: is partly applied: statements done: 2',
    remedies: { up: supply, info: supply },
  },
  'a baseline over what is half-applied': {
    fail: async (world) => {
      await stopHalfWay(world);
      return world.run('baseline', 'M2');
    },
    message: 'M2: is applied in part',
    remedies: { up: supply, 'repair --mark-applied M2': supply, info: supply },
  },
  'an adoption over what is half-applied': {
    fail: async (world) => {
      await stopHalfWay(world);
      await world.client.query(stock('done', 'M1'));
      return world.run('adopt');
    },
    message: 'M2: is applied in part',
    remedies: { up: supply, info: supply },
  },
  'a decision that does not fit': {
    fail: ({ run }) => run('repair', '--accept', 'M9'),
    message: 'M9: is neither in the code nor in the ledger',
    remedies: { repair: undefined, info: undefined },
  },
  'code that says something else than was applied': {
    fail: async ({ run, write }) => {
      await run('up');
      await write({ M1: ['create table one (id bigint)'], M2: two });
      return run('validate');
    },
    message: 'M1 is changed',
    remedies: { 'repair --accept M1': undefined },
    passes: ['validate'],
  },
  'a name that is not there': {
    fail: ({ run }) => run('up', '--to', 'M9'),
    message: 'There is no migration M9',
    remedies: { info: undefined },
  },
  'a baseline that is not there': {
    fail: ({ run }) => run('baseline', 'M9'),
    message: 'There is no migration M9 in the code',
    remedies: { info: undefined },
  },
  'a table in the place of the ledger': {
    fail: async ({ client, run }) => {
      await client.query('create table migration_ledger (id int)');
      return run('up');
    },
    message: 'is not a ledger of this migrator',
    remedies: { 'alter table "public"."migration_ledger" rename to "migration_ledger_other"': undefined },
  },
  'a ledger whose rows alone were restored': {
    fail: async ({ client, run }) => {
      await run('up', '--to', 'M1');
      await client.query(`create table saved as select * from migration_ledger; drop table migration_ledger;
        alter table saved rename to migration_ledger`);
      return run('up');
    },
    message: 'are not unique',
    remedies: { 'alter table "public"."migration_ledger" add unique (name)': undefined },
  },
  'changes that the database has without a record': {
    fail: async ({ client, run }) => {
      await run('up');
      await client.query(`delete from migration_ledger where name = 'M2'`);
      return run('up');
    },
    message: 'relation "two" already exists',
    remedies: { 'repair --mark-applied M2': undefined, up: undo },
  },
  'a ledger that may not be read': {
    fail: async ({ client, url, run }) => {
      await run('up');
      const login = `reader_${client.database}`;
      onTestFinished(async () => void (await client.query(`drop owned by ${login}; drop role ${login}`)));
      return run('info', '--url', await createLogin(client, url, login));
    },
    message: 'may not read the ledger',
    remedies: { 'grant select on "public"."migration_ledger" to LOGIN': undefined },
    passes: ['info', '--url', 'LOGIN_URL'],
  },
  'a history that may not be read': {
    fail: async ({ client, url, run }) => {
      await client.query(`create schema old; ${stock('old.done', 'M9')}`);
      const login = `reader_${client.database}`;
      await client.query(`select 1`);
      onTestFinished(async () => void (await client.query(`drop owned by ${login}; drop role ${login}`)));
      const loginUrl = await createLogin(client, url, login);
      await client.query(`grant create on schema public to ${login}`);
      return run('up', '--url', loginUrl);
    },
    message: 'old.done: looks like a history of migrations',
    remedies: {
      'grant usage on schema "old" to LOGIN; grant select on "old"."done" to LOGIN': undefined,
      info: ({ client }) =>
        client.query(
          `grant usage on schema old to reader_${client.database}; grant select on old.done to reader_${client.database}`,
        ),
    },
    passes: ['up', '--url', 'LOGIN_URL'],
  },
  'another run that holds the lock': {
    fail: async ({ url, run }) => {
      await takeLock(await openClient(url), 'run');
      return run('up', '--lock-timeout-ms', '0');
    },
    message: 'Another run of migrations holds the lock',
    remedies: { up: endOthers, 'select pg_terminate_backend(PID)': undefined },
  },
  'files that differ from their sums': {
    fail: async ({ folder, run }) => {
      await run('sum');
      await addFiles(folder, { 'migrations1/M3.sql': 'create table three (id int);' });
      return run('up');
    },
    message: 'M3.sql: is in the folder and not in migrations.sum',
    remedies: { sum: undefined, info: undefined },
  },
  'a block that commits by itself and did not end': {
    fail: async ({ folder, run }) => {
      await addFiles(folder, {
        'migrations1/M3.sql': `-- no-transaction
          do $$ begin
            insert into one values (1); commit;
            if (select count(*) from one) = 1 then raise exception 'not yet'; end if;
          end $$;`,
      });
      await run('up');
      return run('up');
    },
    message: 'an earlier run came to',
    remedies: { 'up --unfinished again': undefined, 'up --unfinished done': undefined },
  },
  'a lock that is not free in time': {
    fail: async ({ folder, url, client, run }) => {
      await client.query('create table busy ()');
      await addFiles(folder, { 'migrations1/M3.sql': 'alter table busy add id int;' });
      const reader = await openClient(url);
      reader.on('error', () => {});
      await reader.query('begin; select from busy');
      return run('up', '--ddl-lock-timeout-ms', '200');
    },
    message: 'Migration M3 (up) has waited',
    remedies: {
      'select pg_terminate_backend(PID)': undefined,
      'up --ddl-lock-timeout-ms 3600000': endReaders,
      up: endReaders,
    },
  },
  'a migration that requires a backfill': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await addFiles(folder, { 'migrations1/M4.sql': notNull, 'migrations1/backfills/fill.sql': fill });
      return run('up');
    },
    message: 'M4: requires the backfill fill, which is not finished (pending)',
    remedies: { 'backfill fill': undefined, info: undefined },
  },
  'a migration that requires a backfill, after others': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await client.query('alter table one drop column note');
      await addFiles(folder, {
        'migrations1/M3.sql': 'alter table one add column note text',
        'migrations1/M4.sql': notNull,
        'migrations1/backfills/fill.sql': fill,
      });
      return run('up');
    },
    message: 'Apply those before it, then run the backfill',
    remedies: { 'up --to M3': undefined, 'up --run-backfills': undefined, info: undefined },
  },
  'a backfill of a column that a pending migration adds': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await client.query('alter table one drop column note');
      await addFiles(folder, {
        'migrations1/M3.sql': 'alter table one add column note text',
        'migrations1/backfills/fill.sql': fill,
      });
      return run('backfill');
    },
    message: 'Backfill fill failed: column "note" does not exist',
    remedies: { up: undefined },
    passes: ['backfill'],
  },
  'a backfill of a table that a pending migration creates': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await addFiles(folder, {
        'migrations1/M3.sql': 'create table three (id int primary key)',
        'migrations1/backfills/fill.sql': 'delete from three where id < 0',
      });
      return run('backfill');
    },
    message: 'Backfill fill: there is no table "three"',
    remedies: { up: undefined },
    passes: ['backfill'],
  },
  'a backfill that does not exist': {
    fail: ({ run }) => run('backfill', 'nothing'),
    message: 'There is no backfill nothing',
    remedies: { 'backfill --list': undefined },
  },
  'a backfill whose file is wrong': {
    fail: async ({ folder, run }) => {
      await addFiles(folder, { 'migrations1/backfills/fill.sql': 'delete from one' });
      return run('backfill');
    },
    message: 'backfills/fill.sql: has no WHERE',
    remedies: { 'backfill --list': undefined },
  },
  'a backfill that was changed': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await addFiles(folder, { 'migrations1/backfills/fill.sql': fill });
      await run('backfill');
      await addFiles(folder, { 'migrations1/backfills/fill.sql': fill.replace('new', 'old') });
      return run('backfill');
    },
    message: 'Backfill fill has changed since it was finished',
    remedies: { 'backfill fill --restart': undefined },
    passes: ['backfill'],
  },
  'a backfill that would never end': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await addFiles(folder, { 'migrations1/backfills/fill.sql': fill.replace('note is null', 'id > 0') });
      return run('backfill');
    },
    message: 'its WHERE is still true',
    remedies: {
      'backfill fill': ({ folder }) => addFiles(folder, { 'migrations1/backfills/fill.sql': fill }),
    },
    passes: ['backfill'],
  },
  'a backfill that fails': {
    fail: async ({ client, folder, run }) => {
      await withRows(client, run);
      await client.query('alter table one add check (id < 3 or note is null)');
      await addFiles(folder, { 'migrations1/backfills/fill.sql': fill });
      return run('backfill');
    },
    message: 'Backfill fill failed: new row for relation "one" violates check constraint',
    remedies: { 'backfill fill': ({ client }) => client.query('alter table one drop constraint one_check') },
    passes: ['backfill'],
  },
  'a backfill that another process runs': {
    fail: async ({ url, client, folder, run }) => {
      await withRows(client, run);
      await addFiles(folder, { 'migrations1/backfills/fill.sql': fill });
      const key = lockClass(backfillKey('migration_ledger', 'fill'));
      await (await openClient(url)).query(`select pg_advisory_lock(${key}, 3)`);
      return run('backfill', '--lock-timeout-ms', '0');
    },
    message: 'Another process runs this backfill',
    remedies: { backfill: endOthers, 'select pg_terminate_backend(PID)': undefined },
    passes: ['backfill'],
  },
  'no configuration': {
    fail: ({ run }) => run('up', '--config', 'nothing.js'),
    message: 'There is no configuration of MikroORM',
    remedies: { 'info --config FILE': undefined },
    placeholders: { FILE: 'mikro-orm.config.js' },
  },
};

/** A backfill of what {@link withRows} has made, and a migration that requires it. */
const fill = `update one set note = 'new' where note is null`;
const notNull = '-- requires-backfill: fill\nalter table one alter column note set not null';

async function withRows(client: Client, run: World['run']): Promise<void> {
  expect(await run('up')).toMatchObject({ code: 0 });
  await client.query(`alter table one add primary key (id), add column if not exists note text;
    insert into one select generate_series(1, 10)`);
}

/** Ends the sessions that hold a lock of a run. */
async function endOthers({ client }: World): Promise<void> {
  await client.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`);
}

async function endReaders({ client }: World): Promise<void> {
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction'`);
}

const executed = new Set<string>();

test.each(
  Object.entries(cases).flatMap(([name, each]) =>
    Object.keys(each.remedies).map((remedy) => ({ name, remedy })),
  ),
)('$name: $remedy', async ({ name, remedy }) => {
  const { fail, message, remedies, placeholders = {}, passes: words = ['up'] } = cases[name] as Case;
  const world = await openWorld();
  const failed = await fail(world);
  expect(failed.code).not.toBe(0);
  expect(failed.text).toContain(message);
  const login = `reader_${world.client.database}`;
  const found = remediesIn(failed.text);
  expect([
    ...new Set(found.map((each) => each.replaceAll(login, 'LOGIN').replace(/\(\d+\)/, '(PID)'))),
  ]).toEqual(Object.keys(remedies));
  await remedies[remedy]?.(world);
  const printed = found.find(
    (each) => each.replaceAll(login, 'LOGIN').replace(/\(\d+\)/, '(PID)') === remedy,
  );
  await follow(world, printed ?? '', placeholders);
  const loginUrl = Object.assign(new URL(world.url), { username: login, password: 'secret' }).href;
  await passes(
    world,
    words.map((word) => (word === 'LOGIN_URL' ? loginUrl : word)),
    /^(info|adopt --dry-run|repair)$/.test(remedy) ? undefined : 2,
  );
});

/** The commands of a text, without what runs them, and the statements in SQL, in order. */
function remediesIn(text: string): string[] {
  const commands = text.matchAll(
    new RegExp(`${commandName} ([^\`\\n]+)|\`((?:alter|grant|select) [^\`]+)\``, 'g'),
  );
  return [...commands].map(([, words, sql]) => words ?? sql ?? '');
}

async function follow(world: World, remedy: string, placeholders: Record<string, string>): Promise<void> {
  const chosen = Object.entries(placeholders).reduce(
    (text, [word, value]) => text.replace(word, value),
    remedy,
  );
  if (/^(alter table|grant|select) /.test(chosen)) {
    await world.client.query(chosen);
    return;
  }
  executed.add(remedy.replaceAll(/ [^-\s]\S*/g, ''));
  const { code, text } = await world.run(...chosen.split(' '));
  expect(text).not.toContain('unexpected error');
  expect({ code, text }).toMatchObject({ code: 0 });
}

/** Runs a command until it passes, following the first remedy of each refusal; `info` alone changes nothing. */
async function passes(world: World, words: string[], stepsLeft: number | undefined): Promise<void> {
  if (stepsLeft === undefined) return;
  const { code, text } = await world.run(...words);
  if (code === 0) return;
  expect(stepsLeft, text).toBeGreaterThan(0);
  await follow(world, remediesIn(text)[0] ?? text, {});
  await passes(world, words, stepsLeft - 1);
}

/** Commands that other tests execute. */
const tested = new Map([
  ['create', 'drift/find-drift.test.ts'],
  ['create --blank', 'create/create.test.ts'],
  ['compat --previous', 'previous-releases.test.ts'],
  ['compat --previous-package', 'previous-releases.test.ts'],
  ['compat --previous --previous-install', 'previous-releases.test.ts'],
  ['compat --previous --shadow-url', 'previous-releases.test.ts'],
  ['create --single', 'create/create-command.test.ts'],
  ['create --optional', 'create/create-command.test.ts'],
  ['create --rename', 'create/create-command.test.ts'],
]);

/** Remedies outside of the database, which no command can bring about. */
const outside = [
  'It is JSON, such as {"suppressions": [{"identity": "cron*", "reason": "the platform", "until": "2027-01-31"}], "partitions": [{"parent": "public.audit_log", "name": "public.audit_log_*"}]}.',
  'If a newer version of the package has written it, use that one. Otherwise correct these rows by hand, or restore the table from a backup.',
  'Use @mikro-orm/postgresql with connection options, not with a Kysely instance or dialect.',
  'Connect to the server directly, not through a transaction pooler.',
  "Add Migrator of @ecommerce-dms/migrator to `extensions` in the ORM's options.",
  'Export them by default: an object, a promise, a list or a function of the name.',
  'Install it in the project, and see that both have the same version of MikroORM: `npm install @ecommerce-dms/migrator`.',
  'Give the migrator the direct URL of the server (its own host and port, not those of the pooler), or a pool in session mode.',
  'Set `path` in the options of `migrations`.',
  'Write a day as 2027-01-31.',
  'Correct it: it must run in an empty database.',
  'Give it connection options, not a Kysely dialect.',
  'Give another name, or put the time into `fileName` in the options of `migrations`.',
  'Name a server whose role may create databases, such as a local one, with `--shadow-url URL`.',
  'Correct them; the driver must be that of @mikro-orm/postgresql.',
  'Install it: `npm install --save-dev @ecommerce-dms/local-rds`. Or name a server: `--shadow-url URL`.',
  'Use a server of your own without TLS: `--cluster`, or `--shadow-url URL`.',
];

test('a hint names a command, or is one of those that no command can bring about', () => {
  const hints = sources.flatMap(({ text }) =>
    [...text.matchAll(/\bhint:\s*(?:'([^'\n]+)'|"([^"\n]+)")/g)].map(
      ([, single, double]) => single ?? double,
    ),
  );
  expect(hints.toSorted()).toEqual(outside.toSorted());
});

test('no message sends its reader to a function', () => {
  const strings = sources.flatMap(({ file, text }) =>
    [
      ...text.matchAll(/^(?!\s*(?:\/?\*|\/\/)).*?(['"`])(.*(?:info|logMigration|unlogMigration)\(\).*)\1/gm),
    ].map(([line]) => `${file}: ${line.trim()}`),
  );
  expect(strings).toEqual([]);
});

// The last one: vitest runs tests of a file in their order.
test('every command that a message of the package names has been executed above', () => {
  const named = sources.flatMap(({ text }) =>
    [...text.matchAll(/migratorCommand\(((?:'[^']*'(?:, )?)+)(?!,? ?\.\.\.)/g)].map(([, words = '']) =>
      [...words.matchAll(/'([^']*)'/g)]
        .map(([, word]) => word)
        .join(' ')
        .replaceAll(/ [^-\s]\S*/g, ''),
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  const missing = [...new Set(named)].filter((command) => !executed.has(command));
  expect(missing.toSorted()).toEqual([...tested.keys()].toSorted());
});
