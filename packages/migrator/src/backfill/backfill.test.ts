import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, failure, openClient, openDatabase, until, waitsForLock } from '../../test/fixtures.ts';
import { type Files, folderOf, migratorOf, writeFiles } from '../../test/folder.ts';
import type { BackfillOptions, Migrator } from '../index.ts';

const item = `create table item (id int primary key, name text, note text);
  insert into item select n, 'item ' || n from generate_series(1, 5000) n; analyze item;`;
const fill = 'update item set note = name where note is null;';

interface Project {
  url: string;
  client: Client;
  folder: string;
  migrator: () => Promise<Migrator>;
  backfill: (options?: BackfillOptions, name?: string) => ReturnType<Migrator['backfill']>;
}

async function openProject(sql: string, files: Files): Promise<Project> {
  const { url, client } = await openDatabase();
  const folder = await folderOf({ 'M1.sql': sql, ...files });
  const migrator = () => migratorOf(url, folder);
  await (await migrator()).up();
  return {
    url,
    client,
    folder,
    migrator,
    backfill: async (options = {}, name = 'fill') =>
      (await migrator()).backfill(name, { pauseMs: 0, ...options }),
  };
}

test('a backfill changes every row that needs it, in several transactions, once', async () => {
  const { client, migrator, backfill } = await openProject(item, {
    'backfills/fill.sql': `-- table: item\n-- batch: 50\n-- pause: 1ms\n-- max-lag: 10s\n${fill}`,
  });
  expect(await (await migrator()).backfills()).toMatchObject([{ name: 'fill', state: 'pending' }]);
  const lines: string[] = [];
  expect(await backfill({ onProgress: (line) => lines.push(line) })).toEqual([
    { name: 'fill', table: 'public.item', rowsChanged: 5000, passes: 2, wasFinished: false },
  ]);
  expect(lines[0]).toBe('fill: begins; pass 1, 0 of about 5,000 rows seen (0 %), 0 changed');
  expect(await column(client, 'select count(*)::int from item where note = name')).toEqual([5000]);
  const [transactions] = await column(client, 'select count(distinct xmin::text)::int from item');
  expect(transactions).toBeGreaterThan(9);
  expect(await (await migrator()).backfills()).toMatchObject([
    { name: 'fill', state: 'finished', rowsChanged: 5000, pass: 2 },
  ]);
  expect(await backfill()).toMatchObject([{ wasFinished: true }]);
  expect(await (await migrator()).backfill()).toEqual([]);
});

test('a backfill can delete', async () => {
  const { client, backfill } = await openProject(item, {
    'backfills/fill.sql': `delete from only item as i where i.id % 2 = 0 -- the even ones`,
  });
  expect(await backfill({ batchSize: 100 })).toMatchObject([{ rowsChanged: 2500, passes: 2 }]);
  expect(await column(client, 'select count(*)::int from item')).toEqual([2500]);
});

test('an interrupt stops it after a batch, and the next run goes on there', async () => {
  const { client, migrator, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  const interruption = new AbortController();
  const stopped = failure(
    backfill({ batchSize: 10, pauseMs: 5, signal: interruption.signal, onProgress: () => undefined }),
  );
  await until(client, `(select count(*) > 20 from item where note is not null)`);
  interruption.abort();
  const { code, message, hint } = await stopped;
  expect(code).toBe('backfill-interrupted');
  expect(message).toMatch(/^Backfill fill was interrupted after a batch, in pass 1 after \d+ rows; \d+ were/);
  expect(hint).toContain('`npx @ecommerce-dms/migrator backfill fill`');
  const [status] = await (await migrator()).backfills();
  expect(status).toMatchObject({ state: 'interrupted', pass: 1 });
  await client.query(`create table seen (id int); create function see() returns trigger language plpgsql as
    $$ begin insert into seen values (new.id); return new; end $$;
    create trigger see after update on item for each row execute function see()`);
  expect(await backfill()).toMatchObject([{ rowsChanged: 5000 }]);
  expect(await column(client, 'select count(*)::int from seen')).toEqual([5000 - (status?.rowsChanged ?? 0)]);
});

test('of two at once the second one is told who runs it', async () => {
  const { client, migrator, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  const first = backfill({ batchSize: 1, pauseMs: 1 });
  await until(client, `(select count(*) > 0 from item where note is not null)`);
  const { code, message } = await failure(backfill({ lockTimeoutMs: 0 }));
  expect(code).toBe('migration-locked');
  expect(message).toMatch(
    /^Another process runs this backfill after 0 ms of waiting: pid \d+, application_name/,
  );
  expect(await (await migrator()).backfills()).toMatchObject([{ state: 'running' }]);
  expect(await first).toMatchObject([{ rowsChanged: 5000 }]);
});

test('a row that somebody keeps locked is left to a later pass, and nobody waits for the batch meanwhile', async () => {
  const { url, client, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  const other = await openClient(url);
  await other.query('begin; select from item where id = 100 for update');
  const running = backfill({ maxPasses: 100 });
  await until(client, `(select count(*) = 4999 from item where note is not null)`);
  await other.query(`update item set name = 'new' where id = 100; commit`);
  expect(await running).toMatchObject([{ rowsChanged: 5000 }]);
  expect(await column(client, 'select note from item where id = 100')).toEqual(['new']);
});

test('it ends when rows still need it after the last pass, and says how many', async () => {
  const { url, migrator, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  const other = await openClient(url);
  await other.query('begin; select from item where id in (100, 200) for update');
  const { code, message, hint } = await failure(backfill({ maxPasses: 2 }));
  expect(code).toBe('backfill-failed');
  expect(message).toContain('after 2 passes through public.item, 2 rows still needed it in the last one');
  expect(hint).toContain('backfill fill`');
  expect(await (await migrator()).backfills()).toMatchObject([{ state: 'failed', rowsChanged: 4998 }]);
  await other.query('rollback');
  expect(await backfill()).toMatchObject([{ rowsChanged: 2, passes: 2 }]);
});

test('a locked table is waited for without a transaction, and who locks it is told', async () => {
  const { url, client, backfill } = await openProject(item, {
    'backfills/fill.sql': `-- lock-timeout: 1s\n${fill}`,
  });
  const other = await openClient(url);
  await other.query('begin; lock table item in access exclusive mode');
  const lines: string[] = [];
  const { code, message } = await failure(backfill({ onProgress: (line) => lines.push(line) }));
  expect(code).toBe('backfill-failed');
  expect(message).toMatch(
    /has waited \d+\.\d s for locks on public\.item, blocked by pid \d+ .*AccessExclusiveLock/,
  );
  expect(lines).toContainEqual(expect.stringMatching(/^fill: waits, since public\.item is locked by pid/));
  const running = backfill({ tableTimeoutMs: 0 });
  await until(client, waitsForLock('with batch'));
  await other.query('commit');
  expect(await running).toMatchObject([{ rowsChanged: 5000 }]);
});

test('it gives way to a migration that waits for the table', async () => {
  const { client, folder, migrator, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  const running = backfill({ batchSize: 2, pauseMs: 1 });
  await until(client, `(select count(*) > 0 from item where note is not null)`);
  await writeFiles(folder, { 'M2.sql': 'alter table item add column other text' });
  expect(await (await migrator()).up()).toHaveLength(1);
  expect(await running).toMatchObject([{ rowsChanged: 5000 }]);
});

test('rows that others insert, change and delete meanwhile are neither lost nor missed', async () => {
  const { url, client, backfill } = await openProject(
    `${item} alter table item alter note set default 'new'`,
    { 'backfills/fill.sql': fill },
  );
  const end = new AbortController();
  const work = Array.from({ length: 4 }, async (_, worker) => {
    const session = await openClient(url);
    for (let n = 0; !end.signal.aborted; n++) {
      const id = 1 + Math.floor(Math.random() * 5000);
      await session.query('insert into item (id, name) values ($1, $2)', [-(worker * 1e6 + n) - 1, 'added']);
      await session.query(
        `update item set name = name || '!', note = case when note is not null then name || '!' end
        where id = $1`,
        [id],
      );
      await session.query('delete from item where id = $1', [1 + Math.floor(Math.random() * 5000)]);
    }
  });
  await backfill({ batchSize: 50, pauseMs: 2, maxPasses: 20 });
  end.abort();
  await Promise.all(work);
  expect(await column(client, 'select count(*)::int from item where note is null')).toEqual([0]);
  expect(await column(client, `select count(*)::int from item where id > 0 and note <> name`)).toEqual([0]);
});

test('a statement that takes too long is tried with fewer rows', async () => {
  const { backfill } = await openProject(`${item} delete from item where id > 40`, {
    'backfills/fill.sql': `-- statement-timeout: 300ms
      update item set note = name || coalesce(nullif(pg_sleep(0.02)::text, ''), '') where note is null`,
  });
  expect(await backfill()).toMatchObject([{ rowsChanged: 40 }]);
});

test.each([
  ['no WHERE', 'update item set note = name', 'has no WHERE'],
  ['a join', 'update item set note = o.name from item o where item.note is null', 'joins other tables'],
  [
    'its own table',
    `update item set note = (select max(name) from item) where note is null`,
    'reads its own table',
  ],
  ['WITH', 'with a as (select 1) delete from item where id = 1', 'has WITH'],
  ['RETURNING', 'delete from item where id = 1 returning id', 'has RETURNING'],
  ['a parameter', 'delete from item where id = $1', 'has parameters'],
  ['two statements', `${fill} ${fill}`, 'has 2 statements'],
  ['an INSERT', 'insert into item values (1)', 'is no UPDATE'],
  [
    'another table',
    `-- table: public.other\n${fill}`,
    'says "table: public.other", and its statement changes item',
  ],
  ['an unknown header', `-- chunk: 5\n${fill}`, 'no header of this file'],
  [
    'a volatile WHERE',
    'delete from item where random() < 0.5',
    'calls random(), which returns another value',
  ],
  ['the key', 'update item set id = -id where id > 0', 'sets id of the key'],
  ['no key', 'delete from keyless where id = 1', 'has no primary key'],
  ['a view', 'delete from viewed where id = 1', 'is no table'],
  ['children', 'delete from parent where id = 1', 'other tables inherit'],
  ['an endless one', `update item set note = name where id > 0`, 'still true for the 1000 rows'],
])('refused: %s', async (_, sql, reason) => {
  const { client, backfill } = await openProject(
    `${item} create table keyless (id int); create unique index on keyless (id); create view viewed as table item;
     create table parent (id int primary key); create table child () inherits (parent);`,
    { 'backfills/fill.sql': sql },
  );
  const { code, message } = await failure(backfill());
  expect({ code, message }).toEqual({ code: 'backfill-refused', message: expect.stringContaining(reason) });
  expect(await column(client, 'select count(*)::int from item where note is null')).toEqual([5000]);
});

test('one that was changed since it was begun is refused, and can be begun anew', async () => {
  const { client, folder, migrator, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  await backfill();
  await writeFiles(folder, {
    'backfills/fill.sql': `-- the same\n${fill.toUpperCase().replace('ITEM', 'item')}`,
  });
  expect(await backfill()).toMatchObject([{ wasFinished: true }]);
  await writeFiles(folder, { 'backfills/fill.sql': `update item set note = 'x' where note <> 'x'` });
  expect(await (await migrator()).backfills()).toMatchObject([{ state: 'changed' }]);
  const { code, hint } = await failure(backfill());
  expect(code).toBe('backfill-refused');
  expect(hint).toContain('backfill fill --restart');
  expect(await backfill({ restart: true })).toMatchObject([{ rowsChanged: 5000 }]);
  expect(await column(client, `select distinct note from item`)).toEqual(['x']);
});

test('rows that a policy hides are not taken for done', async () => {
  const { client, url, folder } = await openProject(item, { 'backfills/fill.sql': fill });
  const role = `bf_${Math.random().toString(36).slice(2)}`;
  await client.query(`create role ${role} login password 'secret'; grant all on item to ${role}; grant all on schema public to ${role};
    grant select on migration_ledger to ${role}; alter table item enable row level security;
    create policy half on item using (id > 2500)`);
  const restricted = Object.assign(new URL(url), { username: role, password: 'secret' }).href;
  const lines: string[] = [];
  const migrator = await migratorOf(restricted, folder);
  const { code, message } = await failure(
    migrator.backfill('fill', { onProgress: (line) => lines.push(line) }),
  );
  expect({ code, message }).toMatchObject({
    code: 'backfill-failed',
    message: expect.stringContaining('row-level security'),
  });
  expect(lines).toContainEqual(
    `The lag of standbys and the sessions of others are not watched: ${role} may not see them. To allow that: grant pg_read_all_stats to ${role};`,
  );
  await client.query(`drop owned by ${role}; drop role ${role}`);
});

test('names and options that are wrong are refused', async () => {
  const { backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  expect(await failure(backfill({}, 'other'))).toMatchObject({ code: 'backfill-not-found' });
  expect(await failure(backfill({ batchSize: 0, maxLagMs: -1 }))).toMatchObject({
    code: 'invalid-settings',
    message: expect.stringMatching(/batchSize is 0.*\n.*maxLagMs is -1/),
  });
});

test('it waits while more sessions are active than allowed', async () => {
  const { url, client, backfill } = await openProject(item, { 'backfills/fill.sql': fill });
  const others = await Promise.all([openClient(url), openClient(url)]);
  const sleeping = others.map((each) => each.query('select pg_sleep(1000)').catch(() => undefined));
  await until(
    client,
    `(select count(*) >= 2 from pg_stat_activity where query = 'select pg_sleep(1000)' and state = 'active')`,
  );
  const lines: string[] = [];
  const running = backfill({ maxActive: 1, onProgress: (line) => lines.push(line) });
  await expect.poll(() => lines.at(-1)).toMatch(/^fill: waits, since \d+ sessions are active, more than 1$/);
  expect(await column(client, 'select count(*)::int from item where note is not null')).toEqual([0]);
  await client.query(
    `select pg_cancel_backend(pid) from pg_stat_activity where query = 'select pg_sleep(1000)'`,
  );
  await Promise.all(sleeping);
  // Other tests share the server.
  await delay(0);
  void running.catch(() => undefined);
});
