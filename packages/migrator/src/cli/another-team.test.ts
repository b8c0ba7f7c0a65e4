import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { addFiles, type Ended, migrationFile, migrator } from '../../test/project.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const orm = '7.2.1';

/** Whose history is made by MikroORM's own migrator, before this package is there. */
const config = `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';

const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), name: p.text().nullable() } });

export default defineConfig({
  clientUrl: process.env.TEAM_DATABASE!,
  entities: [Item],
  extensions: [Migrator],
  migrations: { path: './src/migrations', pathTs: './src/migrations', tableName: 'team.done', snapshot: false },
});
`;
const stock = `import { MikroORM } from '@mikro-orm/postgresql';
import config from './src/mikro-orm.config.ts';

const orm = await MikroORM.init({ ...config, preferTs: true });
await orm.migrator.up();
await orm.close();
`;

const bodies = [
  `this.addSql('create table item (id serial primary key)');`,
  `this.addSql('alter table item add name text');`,
  `this.addSql("insert into item (name) values ('first')");`,
  `const rows = await this.execute('select name from item');
    for (const { name } of rows) this.addSql("insert into item (name) values ('" + name + " again')");`,
  `if (process.env.TEAM_SECRET === undefined) throw new Error('TEAM_SECRET is missing');`,
  `this.addSql('create view item_names as select name from item');`,
  `this.addSql('create table event (at timestamptz) partition by range (at)');
    this.addSql("create table event_2026 partition of event for values from ('2026-01-01') to ('2027-01-01')");`,
  `this.addSql('create table noise as select ' + Math.random() + ' as value');`,
  `this.addSql('create index item_name on item (name)');`,
  `this.addSql("insert into item (name) values ('tenth')");`,
];

function fileOf(number: number, body: string, down = ''): Record<string, string> {
  const name = `Migration${20260100000000 + number}`;
  return { [`src/migrations/${name}.ts`]: migrationFile(name, body, down) };
}

/** The packages as npm would have them, installed in an empty folder. */
async function install(folder: string): Promise<void> {
  const pnpm = (cwd: string, ...args: string[]) => run('npx', ['-y', 'pnpm@12', ...args], { cwd });
  const own = ['errors', 'schema-catalog', 'migrator'];
  const filters = own.flatMap((name) => ['--filter', `@ecommerce-dms/${name}`]);
  await pnpm(root, ...filters, 'build');
  await pnpm(root, ...filters, 'exec', 'pnpm', 'pack', '--pack-destination', join(folder, 'packed'));
  const packed = await readdir(join(folder, 'packed'));
  const tarball = (name: string): string =>
    `file:packed/${packed.find((file) => basename(file).includes(name))}`;
  const names = ['core', 'migrations', 'postgresql'].map((name) => [`@mikro-orm/${name}`, orm]);
  await addFiles(folder, {
    'package.json': JSON.stringify({
      private: true,
      type: 'module',
      dependencies: {
        ...Object.fromEntries(names),
        ...Object.fromEntries(own.map((name) => [`@ecommerce-dms/${name}`, tarball(name)])),
      },
    }),
    'pnpm-workspace.yaml': `overrides:\n${own.map((name) => `  '@ecommerce-dms/${name}': ${tarball(name)}\n`).join('')}`,
  });
  await pnpm(folder, 'install', '--prefer-offline', '--no-frozen-lockfile');
}

test(
  "another team's project is adopted by one command, deploys its next migration, and rolls the release back",
  { timeout: 300_000 },
  async () => {
    const { url, client } = await openDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'team-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o755);
    await install(folder);
    await addFiles(folder, {
      'src/mikro-orm.config.ts': config,
      'stock.ts': stock,
      ...Object.assign({}, ...bodies.map((body, index) => fileOf(index + 1, body))),
    });
    await run(process.execPath, ['stock.ts'], {
      cwd: folder,
      env: { ...process.env, TEAM_DATABASE: url, TEAM_SECRET: 'x' },
    });
    const history = await column(client, 'select name from team.done order by id');
    expect(history).toHaveLength(10);
    const items = await column(client, 'select name from item order by id');
    expect(items).toEqual(['first', 'first again', 'tenth']);
    await rm(join(folder, 'stock.ts'));

    // As its messages print it. TEAM_SECRET is gone.
    const dms = (...words: string[]): Promise<Ended> =>
      migrator(folder, words, { TEAM_DATABASE: url }, ['npx', '--no', '@ecommerce-dms/migrator']);
    const refused = await dms('up');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    const adopted = await dms('adopt', '--json');
    expect(adopted).toMatchObject({ code: 0 });
    expect(JSON.parse(adopted.stdout)).toMatchObject({ tool: 'MikroORM', table: 'team.done', leftOut: [] });
    expect((await dms('up')).stdout).toBe('No migration was pending.\n');

    const next = fileOf(
      11,
      `this.addSql('alter table item add price int');`,
      `this.addSql('alter table item drop price');`,
    );
    await addFiles(folder, next);
    const deployed = await dms('up');
    expect(deployed).toMatchObject({ code: 0, stdout: 'Applied 1 migration:\n  Migration20260100000011\n' });
    expect(await column(client, `select count(price)::int from item`)).toEqual([0]);
    const info = JSON.parse((await dms('info', '--json')).stdout) as { state: string }[];
    expect(info.map(({ state }) => state)).toEqual(Array.from({ length: 11 }, () => 'applied'));

    // The release before it still starts.
    const [path = ''] = Object.keys(next);
    await rm(join(folder, path));
    expect(await dms('up')).toMatchObject({ code: 0, stdout: 'No migration was pending.\n' });
    await writeFile(join(folder, path), next[path] ?? '');
    expect((await dms('down')).stdout).toBe('Reverted 1 migration:\n  Migration20260100000011\n');
    expect(
      await column(
        client,
        `select column_name from information_schema.columns where table_name = 'item' order by 1`,
      ),
    ).toEqual(['id', 'name']);

    // Nothing of what was there has changed.
    expect(await column(client, 'select name from team.done order by id')).toEqual(history);
    expect(await column(client, 'select name from item order by id')).toEqual(items);
    expect(await column(client, 'select name from item_names')).toHaveLength(3);
    expect(
      await column(client, `select count(*)::int from pg_inherits where inhparent = 'event'::regclass`),
    ).toEqual([1]);
  },
);
