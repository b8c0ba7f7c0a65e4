import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { Migration1 } from '../test/files/Migration1.ts';
import { Migration2 } from '../test/files/Migration2.ts';
import { column, openDatabase, openMigrator, states } from '../test/fixtures.ts';

function inFolder(path: string): Options {
  return { preferTs: true, migrations: { migrationsList: undefined, path, pathTs: path } };
}

const second = `import { Migration } from '@mikro-orm/migrations';

export class Second extends Migration {
  up(): void {
    this.addSql('alter table item add name text');
  }
}
`;

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

test('createInitial() records what is there, and rollup() leaves one row', async () => {
  const { url, client } = await openDatabase();
  // Inside the package, so that the files can import MikroORM.
  const folder = await mkdtemp(fileURLToPath(new URL('../test/.migrations-', import.meta.url)));
  onTestFinished(() => rm(folder, { recursive: true }));
  await client.query('create table item (id serial primary key)');
  const options = inFolder(folder);
  let count = 0;
  // MikroORM names a file by the second, and two within one would be the same file.
  const fileName = (): string => `Migration${++count}`;
  const migrator = await openMigrator(url, [], {
    ...options,
    migrations: { ...options.migrations, fileName },
  });
  await migrator.createInitial();
  expect(await states(migrator)).toEqual(['Migration1 applied']);
  await writeFile(join(folder, 'Migration9.ts'), second);
  await migrator.up();
  await migrator.rollup();
  expect(await readdir(folder)).toEqual(['Migration2.ts']);
  expect(await states(migrator)).toEqual(['Migration2 applied']);
  expect(await migrator.up()).toEqual([]);
});
