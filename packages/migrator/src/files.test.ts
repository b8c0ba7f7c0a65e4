import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { column, openDatabase, openMigrator, states } from '../test/fixtures.ts';

function inFolder(path: string): Options {
  return { preferTs: true, migrations: { migrationsList: undefined, path, pathTs: path } };
}

test('migrations are read from files, with fragments and parameters', async () => {
  const { url, client } = await openDatabase();
  const folder = fileURLToPath(new URL('../test/files', import.meta.url));
  const migrator = await openMigrator(url, [], inFolder(folder));
  expect((await migrator.dryRun()).map(({ statements }) => statements)).toEqual([
    ['create table item (id serial primary key)'],
    ['insert into item values (7)'],
  ]);
  expect(await migrator.up()).toMatchObject([
    { path: expect.stringMatching(/test\/files\/Migration1\.ts$/) },
    { name: 'Migration2' },
  ]);
  expect(await column(client, 'select id from item')).toEqual([7]);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
});

test('create() compares with the database and leaves no snapshot', async () => {
  const { url, client } = await openDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'migrator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const migrator = await openMigrator(url, [], inFolder(folder));
  const { diff } = await migrator.create();
  expect(diff.up).toEqual(['create table "item" ("id" serial primary key);']);
  const [file, ...others] = await readdir(folder);
  expect(file).toMatch(/^Migration\d+\.ts$/);
  expect(others).toEqual([]);
  await client.query('create table item (id serial primary key)');
  expect(await migrator.checkSchema()).toBe(false);
});
