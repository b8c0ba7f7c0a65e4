import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { failure, openDatabase } from '../../test/fixtures.ts';
import { classFile, folderOf, migratorOf, writeFiles } from '../../test/folder.ts';

const run = promisify(execFile);
const files = {
  'M1.sql': 'select 1;\n',
  'M1.down.sql': 'select 1;\n',
  'M2.ts': classFile('M2', 'select 2'),
  'helpers/text.ts': 'export {};\n',
  'README.md': 'Remarks.\n',
};

test('every file has a line, in the format of sha256sum', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf(files);
  const migrator = await migratorOf(url, folder);
  expect(await migrator.checkSum()).toBeUndefined();
  expect(await migrator.sum()).toBe(join(folder, 'migrations.sum'));
  const text = await readFile(join(folder, 'migrations.sum'), 'utf8');
  const names = text
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66));
  expect(names).toEqual(['M1.down.sql', 'M1.sql', 'M2.ts', 'helpers/text.ts']);
  // What `sha256sum` says.
  expect(text).toContain('4a45092ccf992ea92250053a80b931b787924ba61648f420555511b84f10ab6c  M1.sql\n');
  expect(await migrator.checkSum()).toEqual([]);
});

test('edited, removed and added files are named, and up() refuses them unless it is told not to look', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf(files);
  const migrator = await migratorOf(url, folder);
  expect((await failure(migrator.up({ checkSum: true }))).message).toContain(
    'migrations.sum: does not exist',
  );
  await migrator.sum();
  await writeFiles(folder, {
    'M1.sql': 'select 11;\n',
    'M3.sql': 'select 3;\n',
    'helpers/text.ts': 'export {};\r\n',
  });
  await rm(join(folder, 'M1.down.sql'));
  expect(await migrator.checkSum()).toEqual([
    { file: 'M1.down.sql', difference: 'removed' },
    { file: 'M1.sql', difference: 'edited' },
    { file: 'M3.sql', difference: 'unlisted' },
  ]);
  for (const attempt of [() => migrator.up(), () => migrator.dryRun()]) {
    const { code, message } = await failure(attempt());
    expect(code).toBe('migrations-refused');
    expect(message).toContain('M1.down.sql: is in migrations.sum and not in the folder');
    expect(message).toContain('M1.sql: was edited');
    expect(message).toContain('M3.sql: is in the folder and not in migrations.sum. Restore');
  }
  expect((await migrator.validate()).map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'M1.down.sql changed',
    'M1.sql changed',
    'M3.sql changed',
  ]);
  expect(await migrator.dryRun({ checkSum: false })).toHaveLength(3);
  await migrator.sum();
  expect(await migrator.up()).toHaveLength(3);
});

test('create() adds its file, and does not hide that another one was edited', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf(files);
  const migrator = await migratorOf(url, folder);
  await migrator.sum();
  await writeFiles(folder, { 'M1.sql': 'select 11;\n' });
  const { fileName } = await migrator.create();
  expect(fileName).toMatch(/^Migration\d+\.ts$/);
  expect(await migrator.checkSum()).toEqual([{ file: 'M1.sql', difference: 'edited' }]);
});

test('two branches that add migrations merge; a conflict and two edits are named', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf({ 'M1.sql': 'select 1;\n' });
  const git = (...args: string[]): Promise<unknown> =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });
  const migrator = await migratorOf(url, folder);
  const commit = async (name: string, text: string): Promise<void> => {
    await writeFiles(folder, { [name]: text });
    await migrator.sum();
    await git('add', '-A');
    await git('commit', '--quiet', '--message', name);
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await commit('M2.sql', 'select 2;\n');
  await git('checkout', '--quiet', '-b', 'other');
  await commit('M4.sql', 'select 4;\n');
  await git('checkout', '--quiet', 'main');
  await commit('M3.sql', 'select 3;\n');
  await git('merge', '--quiet', 'other');
  expect(await migrator.checkSum()).toEqual([]);
  expect(await migrator.up()).toHaveLength(4);

  const text = await readFile(join(folder, 'migrations.sum'), 'utf8');
  await writeFiles(folder, { 'migrations.sum': `<<<<<<< HEAD\n${text}${'0'.repeat(64)}  M2.sql\n` });
  const differences = [
    { file: '<<<<<<< HEAD', difference: 'unreadable' },
    { file: 'M2.sql', difference: 'ambiguous' },
  ];
  expect(await migrator.checkSum()).toEqual(differences);
  const { code, message } = await failure(migrator.create());
  expect(code).toBe('sum-unreadable');
  expect(message).toContain('M2.sql: has different sums');
  await migrator.sum();
  expect(await migrator.checkSum()).toEqual([]);
});

test('without a folder there is no sum file', async () => {
  const { url } = await openDatabase();
  const options = { path: undefined, pathTs: undefined, migrationsList: [] };
  const migrator = await migratorOf(url, '', { migrations: options });
  expect(await migrator.checkSum()).toBeUndefined();
  expect((await failure(migrator.sum())).code).toBe('invalid-settings');
  expect(await migrator.up()).toEqual([]);
});
