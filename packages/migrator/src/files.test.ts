import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Migration1 } from '../test/files/Migration1.ts';
import { Migration2 } from '../test/files/Migration2.ts';
import { column, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { createFolder, inFolder, writeMigration } from '../test/folder.ts';

test('migrations are read from files, with fragments and parameters', async () => {
  const { url, client } = await openDatabase();
  const folder = fileURLToPath(new URL('../test/files', import.meta.url));
  const migrator = await openMigrator(url, [], inFolder(folder));
  expect((await migrator.dryRun()).map(({ statements }) => statements)).toEqual([
    ['create table item (id serial primary key)'],
    ['insert into item values (7)'],
  ]);
  expect(await migrator.up()).toMatchObject([
    { name: Migration1.name, path: expect.stringMatching(/test\/files\/Migration1\.ts$/) },
    { name: Migration2.name },
  ]);
  expect(await column(client, 'select id from item')).toEqual([7]);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
});

test('create() compares with the migrations and leaves no snapshot', async () => {
  const { url } = await openDatabase();
  const folder = await createFolder();
  const migrator = await openMigrator(url, [], inFolder(folder));
  const { diff } = await migrator.create();
  expect(diff.up).toEqual(['create table "item" ("id" serial primary key)']);
  const [file, ...others] = await readdir(folder);
  expect(file).toMatch(/^Migration\d+\.ts$/);
  expect(others).toEqual([]);
  expect(await migrator.checkSchema()).toBe(false);
});

test('createInitial() records what is there', async () => {
  const { url, client } = await openDatabase();
  const folder = await createFolder();
  await client.query('create table item (id serial primary key)');
  const migrator = await openMigrator(url, [], inFolder(folder));
  const { fileName } = await migrator.createInitial();
  expect(await states(migrator)).toEqual([`${fileName.replace('.ts', '')} applied`]);
  await writeMigration(folder, 'Migration9', ['alter table item add name text']);
  expect(await migrator.up()).toMatchObject([{ name: 'Migration9' }]);
});
