import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { openDatabase } from '../../test/fixtures.ts';
import { bin, configFile, createProject, migrator } from '../../test/project.ts';

/** The whole is `KILLS=30`. */
const kills = Number(process.env['KILLS'] ?? 6);
const killsOfOneRun = 3;

const files = {
  'migrations/M01.sql': `create table item (id int primary key, name text, part int);
    create table log (entry text);
    insert into item select n, 'item ' || n, n % 7 from generate_series(1, 20000) n;`,
  'migrations/M02.sql': 'create index concurrently item_name on item (name);',
  'migrations/M03.sql': `alter table item add note text; select pg_sleep(0.05);
    update item set note = name where part = 1; insert into log values ('M03');`,
  'migrations/M04.sql': `-- no-transaction
    insert into log values ('M04 first'); select pg_sleep(0.05); insert into log values ('M04 second');
    insert into log values ('M04 third');`,
  'migrations/M05.sql': `create unique index concurrently item_id_name on item (id, name);
    insert into log values ('M05');`,
  'migrations/M06.sql': `-- no-transaction
    alter table item add constraint item_part check (part < 7) not valid;
    alter table item validate constraint item_part;`,
  'migrations/M07.sql': `create table part (id int primary key); insert into part select n from generate_series(0, 6) n;
    select pg_sleep(0.05); insert into log values ('M07');`,
  'migrations/M08.sql': 'drop index concurrently item_name;',
  'migrations/M09.sql': `reindex index concurrently item_id_name; vacuum item; insert into log values ('M09');`,
  'migrations/M10.sql': `create type kind as enum ('a'); alter type kind add value 'b';
    create table kinds (kind kind default 'b'); insert into kinds values ('b');`,
  'migrations/repeatable/views.sql': `create or replace view named as select id, name from item;
    comment on view named is 'of items';`,
};

test(`a run that is killed at ${kills} random moments ends in the same schema, with nothing twice`, async () => {
  const folder = await createProject({ 'mikro-orm.config.ts': configFile, ...files });
  const undisturbed = await openDatabase();
  const runMs = await timeOf(async () => {
    expect((await migrator(folder, ['up', '--url', undisturbed.url])).code).toBe(0);
  });
  const loadMs = await timeOf(() => migrator(folder, ['info', '--url', undisturbed.url]));
  const expected = await stateOf(undisturbed.client);
  const stopped: string[] = [];
  for (let killed = 0; killed < kills; killed += killsOfOneRun) {
    const { url, client } = await openDatabase();
    for (let attempt = 0; attempt < killsOfOneRun; attempt++) {
      await killedAfter(folder, url, loadMs * 0.8 + (Math.random() * (runMs - loadMs)) / 2);
      stopped.push(await progressOf(client));
    }
    const { code, stderr } = await migrator(folder, ['up', '--url', url]);
    expect({ code, stderr, stopped }).toMatchObject({ code: 0 });
    expect(await stateOf(client), stopped.join('; ')).toEqual(expected);
    expect((await migrator(folder, ['up', '--url', url])).stdout).toBe('No migration was pending.\n');
  }
  // A kill that always comes too early, or too late, shows nothing.
  expect(new Set(stopped).size).toBeGreaterThan(1);
  if (process.env['KILLS'] !== undefined) console.log(stopped.join('\n'));
});

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function killedAfter(folder: string, url: string, ms: number): Promise<void> {
  const child = spawn(process.execPath, [bin, 'up', '--url', url], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([delay(ms), ended]);
  child.kill('SIGKILL');
  await ended;
}

async function progressOf(client: Client): Promise<string> {
  const rows = await client
    .query(`select string_agg(name || case state when 'applied' then '' else ' ' || state || next_statement end, ' '
      order by id) as text from done`)
    .then(
      ({ rows }) => rows,
      () => [],
    );
  return String(rows[0]?.text ?? 'nothing');
}

/** The catalog and the data, as text. */
async function stateOf(client: Client): Promise<string[]> {
  const { rows } = await client.query(`
    select 'relation ' || relname || ' ' || relkind::text as line from pg_class where relnamespace = 'public'::regnamespace
    union all
    select 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) from pg_attribute
      join pg_class c on c.oid = attrelid where relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped
    union all
    select pg_get_indexdef(indexrelid) || ' ' || indisvalid || indisready || indislive from pg_index
      join pg_class c on c.oid = indrelid where relnamespace = 'public'::regnamespace
    union all
    select conname || ' ' || pg_get_constraintdef(oid) || convalidated from pg_constraint
      where connamespace = 'public'::regnamespace
    union all
    select 'log ' || entry from log
    union all
    select 'items ' || count(*) || ' noted ' || count(note) from item
    union all
    select 'parts ' || count(*) from part
    union all
    select 'kinds ' || count(*) from kinds
    union all
    select name || ' ' || state || ' ' || next_statement || ' ' || jsonb_array_length(statements) from done`);
  return rows.map(({ line }) => String(line)).toSorted();
}
