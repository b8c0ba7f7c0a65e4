import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { addFiles, configFile, createProject, migrationFile, migrator } from '../../test/project.ts';

const migrations = {
  'migrations/M1.ts': migrationFile(
    'M1',
    `this.addSql('create table item (id serial primary key)');`,
    `this.addSql('drop table item');`,
  ),
  'migrations/M2.ts': migrationFile(
    'M2',
    `console.log('noise'); this.addSql('alter table item add name text not null');`,
    `this.addSql('alter table item drop name');`,
  ),
};

test('a project goes up, is looked at and goes down, with results alone on stdout', async () => {
  const { url, client } = await openDatabase();
  const folder = await createProject({ 'mikro-orm.config.ts': configFile, ...migrations });
  const run = (...words: string[]) => migrator(folder, words, { DATABASE_URL: url });
  const dry = await run('dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('the configuration is loaded') });
  expect(dry.stdout).toContain('-- M2\nalter table item add name text not null;');
  const up = await run('up', '--json');
  expect(up).toMatchObject({ code: 0, stderr: expect.stringContaining('applying M2') });
  expect(JSON.parse(up.stdout)).toEqual({ applied: ['M1', 'M2'] });
  const info = await run('info');
  expect(info.stdout).toMatch(/^state +migration +applied at\napplied +M1 .*Z\napplied +M2 .*Z\n$/);
  expect((await run('down')).stdout).toBe('Reverted 1 migration:\n  M2\n');
  expect(JSON.parse((await run('down', '--to', '0', '--json')).stdout)).toEqual({ reverted: ['M1'] });
  expect(await column(client, `select to_regclass('item')::text`)).toEqual([null]);
  expect((await run('up', '--to', 'M1')).stdout).toBe('Applied 1 migration:\n  M1\n');
  const nothing = await run('create', '--json');
  expect(JSON.parse(nothing.stdout)).toMatchObject({ created: null, files: [] });
  await rm(join(folder, 'migrations/M2.ts'));
  const created = await run('create', '--name', 'add_name', '--json');
  expect(JSON.parse(created.stdout)).toMatchObject({
    created: expect.stringMatching(/add_name_expand\.ts$/),
    files: [
      { phase: 'expand', statements: ['alter table "item" add "name" text'] },
      { phase: 'backfill', isOpen: true },
      { phase: 'validate' },
    ],
  });
  expect(await readdir(join(folder, 'migrations'))).toHaveLength(4);
});

test('a failure is a sentence and a hint, an exit code, and with --json a document', async () => {
  const { url } = await openDatabase();
  const folder = await createProject({ 'mikro-orm.config.ts': configFile, ...migrations });
  const run = (...words: string[]) => migrator(folder, [...words, '--url', url]);
  const unknown = await run('up', '--to', 'M9');
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(unknown.stderr).toContain('There is no migration M9.\n`npx @ecommerce-dms/migrator info` shows');
  await addFiles(folder, { 'migrations/M3.ts': migrationFile('M3', `this.addSql('drop table nothing');`) });
  const failed = await run('up', '--json');
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({ error: { code: 'migration-failed' } });
  expect((await run('repair')).code).toBe(0);
  await addFiles(folder, { 'migrations/M3.ts': migrationFile('M3', 'await Promise.resolve();') });
  await addFiles(folder, { 'migrations/M2.ts': migrationFile('M2', `this.addSql('select 1');`) });
  const found = await run('validate', '--json');
  expect(found.code).toBe(3);
  expect(JSON.parse(found.stdout)).toMatchObject([{ verdict: 'same' }, { name: 'M2', verdict: 'changed' }]);
  expect((await run('validate')).stdout).toContain('npx @ecommerce-dms/migrator repair --accept M2\n');
  expect(await run('repair', '--accept', 'M2')).toMatchObject({ code: 0, stdout: 'M2: accept\n' });
  expect((await run('validate')).code).toBe(0);
  expect(failed.stderr + found.stderr).not.toMatch(/^ +at /m);
});

test.each([
  { words: ['up', '--nothing'], message: "unknown option '--nothing'" },
  { words: ['nothing'], message: "unknown command 'nothing'" },
  { words: ['up', 'M1'], message: 'too many arguments' },
  { words: ['up', '--lock-timeout-ms', 'soon'], message: 'whole number of milliseconds' },
  { words: ['info', '--config', 'nothing.ts'], message: 'no configuration of MikroORM' },
  { words: ['info', '--config', 'broken.ts'], message: 'broken.ts cannot be loaded: Cannot find' },
  {
    words: ['info', '--config', 'empty.js'],
    message: "exports no options of MikroORM for the context 'default'",
  },
  { words: ['info', '--url', 'mysql://a:secret-word@db/x'], message: 'it does not begin with postgres://' },
])('$words is a mistake of the user', async ({ words, message }) => {
  const folder = await createProject({
    'mikro-orm.config.ts': configFile,
    'broken.ts': `import './nothing.ts';`,
    'empty.js': 'export default 1;',
  });
  const { code, stdout, stderr } = await migrator(folder, words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('secret-word');
  expect(stderr).not.toMatch(/^ +at /m);
});

test('help and version', async () => {
  const folder = await createProject({});
  const { code, stdout } = await migrator(folder, ['--help']);
  expect(code).toBe(0);
  for (const verb of [
    'up',
    'down',
    'info',
    'dry-run',
    'lint',
    'adopt',
    'baseline',
    'repair',
    'create',
    'squash',
  ]) {
    expect(stdout).toMatch(new RegExp(`^ {2}${verb} `, 'm'));
  }
  expect((await migrator(folder, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await migrator(folder, ['up', '--help'])).stdout).toContain('--allow-out-of-order');
});

test('lint ends with 3 for an error, whose report says what to write instead', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table item (id int)');
  const folder = await createProject({
    'mikro-orm.config.ts': configFile,
    ...migrations,
    'migrations/M9.sql': 'create index item_id on item (id);\n',
  });
  const run = (...words: string[]) => migrator(folder, [...words, '--url', url]);
  const { code, stdout } = await run('lint', '--all', '--release', 'each', '--format', 'json');
  expect(code).toBe(3);
  expect(stdout).toContain('index-not-concurrent');
  expect((await run('lint', '--all')).code).toBe(0);
});

test('the configuration is found where MikroORM finds it', async () => {
  const { url } = await openDatabase();
  const list = `export default (name: string) => ({ contextName: name, clientUrl: process.env.SOME_URL,
    discovery: { warnWhenNoEntities: false }, migrations: { path: './m' } });`;
  const folder = await createProject({
    'package.json': `{ "mikro-orm": { "configPaths": ["./nothing.ts", "./config/orm.ts"] } }`,
    'config/orm.ts': list,
    'm/M1.ts': migrations['migrations/M1.ts'],
    'named.cjs': `module.exports = [{ contextName: 'one' }, { contextName: 'two', clientUrl: process.env.SOME_URL,
      migrations: { path: './m' } }];`,
  });
  const env = { SOME_URL: url, DATABASE_URL: 'postgres://x:y@127.0.0.1:1/wrong' };
  // DATABASE_URL is no reason to leave the database that the project names.
  expect((await migrator(folder, ['up'], env)).stdout).toContain('M1');
  const context = ['--config', 'named.cjs', '--context', 'two'];
  expect((await migrator(folder, ['info', ...context], env)).stdout).toMatch(/applied +M1/);
  const other = await migrator(folder, ['info', '--url', env.DATABASE_URL], env);
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Cannot connect to database wrong'),
  });
});

test('a remedy leads to the same project, context and schema', async () => {
  const { url, client } = await openDatabase();
  await client.query('create schema "My Tenant"; create table "My Tenant".item (id int)');
  const folder = await createProject({
    'named.cjs': `module.exports = [{ contextName: 'two', clientUrl: process.env.SOME_URL,
      discovery: { warnWhenNoEntities: false }, migrations: { path: './m' } }];`,
    'm/M1.sql': 'create table item (id int);\n',
    'm/M2.sql': 'create table other (id int);\n',
  });
  const options = ['--config', 'named.cjs', '--context', 'two', '--schema', 'My Tenant'];
  const run = (...words: string[]) => migrator(folder, words, { SOME_URL: url });
  const { stderr } = await run('up', ...options);
  expect(stderr).toContain("baseline M1 --config named.cjs --context two --schema 'My Tenant'`");
  expect(stderr).toContain("info --config named.cjs --context two --schema 'My Tenant'`");
  expect((await run('baseline', 'M1', ...options)).stdout).toContain('M1');
  expect((await run('repair', ...options)).code).toBe(0);
  expect((await run('up', ...options)).stdout).toContain('M2');
  expect((await run('adopt', ...options)).stderr).toContain('no history of another tool');
  const tables = `select schemaname || '.' || tablename from pg_tables where schemaname in ('public', 'My Tenant') order by 1`;
  expect(await column(client, tables)).toEqual(
    ['item', 'migration_ledger', 'other'].map((table) => `My Tenant.${table}`),
  );
});

test('notices are on stderr: who is waited for, what is not read, and that the database is ahead', async () => {
  const { url, client } = await openDatabase();
  const folder = await createProject({
    'mikro-orm.config.ts': configFile,
    ...migrations,
    'migrations/M3.mjs': 'export {};\n',
    'migrations/later/M4.sql': 'select 1;\n',
  });
  const run = (...words: string[]) => migrator(folder, [...words, '--url', url]);
  expect((await run('up')).code).toBe(0);
  const { stderr, stdout } = await run('info', '--json');
  expect(stderr).toContain('SQL files in folders of their own are no migrations: later/M4.sql.');
  expect(stderr).toContain('Not read, since `glob` in the options of `migrations` leaves them out: M3.mjs.');
  expect(JSON.parse(stdout)).toHaveLength(2);

  await client.query('begin; lock table item');
  await addFiles(folder, { 'migrations/M5.sql': 'alter table item add size int;\n' });
  const blocked = await run('up', '--ddl-lock-timeout-ms', '1500');
  expect(blocked.code).toBe(1);
  expect(blocked.stderr).toMatch(/Migration M5 \(up\) has waited .* blocked by pid/);
  await client.query('rollback');
  await run('up');
  await rm(join(folder, 'migrations/M5.sql'));
  expect((await run('up')).stderr).toContain('The database is ahead of this code by 1 migrations: M5.');
});

test('a missing database is named, and the remedy creates it', async () => {
  const { url, client } = await openDatabase();
  const folder = await createProject({ 'mikro-orm.config.ts': configFile, ...migrations });
  const name = `Missing ${client.database}`;
  const missing = Object.assign(new URL(url), { pathname: `/${encodeURIComponent(name)}` }).href;
  for (const verb of ['info', 'up']) {
    const { code, stderr } = await migrator(folder, [verb, '--url', missing]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot connect to database ${name} at`);
    expect(stderr).toContain(`Create it, \`create database "${name}"\`, or correct the name.`);
  }
  await client.query(`create database "${name}"`);
  onTestFinished(async () => void (await client.query(`drop database "${name}" with (force)`)));
  expect((await migrator(folder, ['up', '--url', missing])).code).toBe(0);
});
