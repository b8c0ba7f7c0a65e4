import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, startCluster } from '@ecommerce-dms/local-rds';
import { Migrator } from '@ecommerce-dms/migrator';
import { Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { runner } from 'node-pg-migrate';
import { Pool } from 'pg';
import { medianOf } from './median.ts';
import { urlOf, withClusterFolder } from './shop-server.ts';

const runs = 5;
const shapes = [
  { migrations: 100, statements: 1 },
  { migrations: 1, statements: 300 },
  { migrations: 20, statements: 15 },
];
type Shape = (typeof shapes)[number];

/** Statements by migration: each creates a table, or a column of it. */
type History = { name: string; statements: string[] }[];

/** A way to apply a history to an empty database; its files are in `folder`. Returns how many ms it took. */
type Tool = (url: string, history: History, folder: string) => Promise<number>;

const tools: Record<string, Tool> = {
  migrator: (url, history) => withMikroOrm(Migrator, url, history, timedUp),
  'MikroORM stock': (url, history) => withMikroOrm(StockMigrator, url, history, timedUp),
  drizzle: drizzleUp,
  'node-pg-migrate': nodePgMigrateUp,
  ...(spawnSync('psql', ['--version']).status === 0 ? { psql: psqlUp } : {}),
};

/** Milliseconds that a history takes on an empty database, here and with other tools; then `info()` of 1,000. */
export function benchMigrations(): Promise<string[][]> {
  return withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0 });
    const rows = [['migrations x statements', ...Object.keys(tools).map((name) => `${name} ms`)]];
    for (const shape of shapes) rows.push(await benchShape(cluster, directory, shape));
    const infoMs = await medianOf(runs, () => infoOf1000(cluster));
    rows.push(['info() of 1,000 applied (aim: 100 ms)', infoMs.toFixed(0)]);
    return rows;
  });
}

async function benchShape(cluster: Cluster, directory: string, shape: Shape): Promise<string[]> {
  const history = historyOf(shape);
  const folder = join(directory, `files-${shape.migrations}-${shape.statements}`);
  await writeFiles(folder, history);
  const row = [`${shape.migrations} x ${shape.statements}`];
  for (const up of Object.values(tools)) {
    const ms = await medianOf(runs, async () => up(await emptyDatabase(cluster), history, folder));
    row.push(ms.toFixed(0));
  }
  return row;
}

function historyOf({ migrations, statements }: Shape): History {
  return Array.from({ length: migrations }, (_, m) => ({
    name: `${String(m + 1).padStart(4, '0')}_step`,
    statements: Array.from({ length: statements }, (__, s) =>
      s === 0 ? `create table item${m} (id int primary key)` : `alter table item${m} add c${s} int`,
    ),
  }));
}

/** The history as each tool reads it. */
async function writeFiles(folder: string, history: History): Promise<void> {
  for (const name of ['drizzle/meta', 'plain']) await mkdir(join(folder, name), { recursive: true });
  for (const { name, statements } of history) {
    const text = statements.join(';\n--> statement-breakpoint\n');
    await writeFile(join(folder, 'drizzle', `${name}.sql`), text);
    await writeFile(join(folder, 'plain', `${name}.sql`), `-- Up Migration\n${statements.join(';\n')};\n`);
  }
  const entries = history.map(({ name }, idx) => ({
    idx,
    version: '7',
    when: idx + 1,
    tag: name,
    breakpoints: true,
  }));
  const journal = { version: '7', dialect: 'postgresql', entries };
  await writeFile(join(folder, 'drizzle', 'meta', '_journal.json'), JSON.stringify(journal));
  const script = history.map(({ statements }) => `begin;\n${statements.join(';\n')};\ncommit;\n`).join('');
  await writeFile(join(folder, 'psql.sql'), script);
}

async function withMikroOrm(
  extension: typeof StockMigrator,
  url: string,
  history: History,
  use: (orm: MikroORM) => Promise<number>,
): Promise<number> {
  const migrationsList = history.map(({ name, statements }) => ({
    name,
    class: class extends Migration {
      override up(): void {
        for (const sql of statements) this.addSql(sql);
      }
    },
  }));
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl: url,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      extensions: [extension],
      migrations: { migrationsList, silent: true, snapshot: false },
    }),
  );
  try {
    return await use(orm);
  } finally {
    await orm.close(true);
  }
}

function timedUp(orm: MikroORM): Promise<number> {
  return timed(() => orm.migrator.up());
}

async function drizzleUp(url: string, _: History, folder: string): Promise<number> {
  const pool = new Pool({ connectionString: url });
  try {
    return await timed(() => migrate(drizzle(pool), { migrationsFolder: join(folder, 'drizzle') }));
  } finally {
    await pool.end();
  }
}

function nodePgMigrateUp(url: string, _: History, folder: string): Promise<number> {
  const quiet = { log: () => undefined };
  return timed(() =>
    runner({
      databaseUrl: url,
      dir: join(folder, 'plain'),
      direction: 'up',
      migrationsTable: 'pgmigrations',
      ...quiet,
    }),
  );
}

function psqlUp(url: string, _: History, folder: string): Promise<number> {
  return timed(async () => {
    const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', join(folder, 'psql.sql'), url];
    const [code] = await once(spawn('psql', options, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
    if (code !== 0) throw new Error(`psql ended with ${code}.`);
  });
}

async function infoOf1000(cluster: Cluster): Promise<number> {
  const history = historyOf({ migrations: 1000, statements: 1 });
  return withMikroOrm(Migrator, await emptyDatabase(cluster), history, async (orm) => {
    await orm.migrator.up();
    return timed(() => Migrator.of(orm).info());
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

let databases = 0;

async function emptyDatabase(cluster: Cluster): Promise<string> {
  const name = `bench${++databases}`;
  await cluster.createDatabase(name);
  return urlOf(cluster, name);
}
