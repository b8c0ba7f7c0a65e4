import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, openDatabase, until } from '../../test/fixtures.ts';
import { bin, configFile, createProject, migrator } from '../../test/project.ts';

/** The whole is `KILLS=60`. */
const kills = Number(process.env['KILLS'] ?? 6);
const rows = 4000 * kills;

// A batch that is run twice, or is left out, shows in the log, which is written with the rows.
const files = {
  'mikro-orm.config.ts': configFile,
  'migrations/M1.sql': `create table item (tenant text, id bigint, done bigint, primary key (tenant, id));
    create table log (tenant text, id bigint);
    create function log() returns trigger language plpgsql as
      $$ begin insert into log values (new.tenant, new.id); return new; end $$;
    create trigger log after update on item for each row execute function log();
    insert into item select 'tenant ' || n % 7, n from generate_series(1, ${rows}) n; analyze item;`,
  'migrations/backfills/fill.sql': 'update item set done = id * 2 where done is null;',
};

test(`a backfill that is killed at ${kills} random moments changes each row once`, async () => {
  const folder = await createProject(files);
  const { url, client } = await openDatabase();
  expect(await migrator(folder, ['up', '--url', url])).toMatchObject({ code: 0 });
  const loadMs = await timeOf(() => migrator(folder, ['info', '--url', url]));
  const seen: number[] = [];
  for (let killed = 0; killed < kills; killed++) {
    await killedAfter(folder, url, loadMs * 0.7 + Math.random() * 400);
    seen.push(await changedRows(client));
  }
  const { code, stdout, stderr } = await migrator(folder, ['backfill', '--url', url, '--batch', '200']);
  expect({ code, stderr, seen }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(
    /^fill is finished: [\d,]+ rows of public\.item changed, nothing left in pass \d+\.\n$/,
  );
  expect(await column(client, 'select count(*)::int from item where done = id * 2')).toEqual([rows]);
  expect(await column(client, 'select count(*)::int from log')).toEqual([rows]);
  expect(await column(client, 'select count(*)::int from (select distinct tenant, id from log) l')).toEqual([
    rows,
  ]);
  // A kill that always comes too early, or too late, shows nothing.
  expect(seen.filter((changed) => changed > 0 && changed < rows).length).toBeGreaterThan(0);
  if (process.env['KILLS'] !== undefined) console.log(seen.join(' '));
});

test('an interrupt of the command stops it after a batch, and tells how to go on', async () => {
  const folder = await createProject(files);
  const { url, client } = await openDatabase();
  expect(await migrator(folder, ['up', '--url', url])).toMatchObject({ code: 0 });
  const words = [bin, 'backfill', 'fill', '--url', url, '--batch', '2', '--pause-ms', '5'];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until(client, '(select count(*) > 0 from item where done is not null)');
  child.kill('SIGINT');
  expect(await ended).toBe(1);
  expect(stderr).toContain('Backfill fill was interrupted after a batch');
  expect(stderr).toContain('it goes on where it stopped: `npx @ecommerce-dms/migrator backfill fill`');
});

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function killedAfter(folder: string, url: string, ms: number): Promise<void> {
  const words = [bin, 'backfill', 'fill', '--url', url, '--batch', '2', '--pause-ms', '1'];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([delay(ms), ended]);
  child.kill('SIGKILL');
  await ended;
}

async function changedRows(client: Client): Promise<number> {
  const [changed] = await column(client, 'select count(*)::int from item where done is not null');
  return Number(changed);
}
