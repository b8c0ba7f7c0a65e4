import type { ClusterStatus } from '@ecommerce-dms/local-rds';
import type { UnfinishedRun } from '@ecommerce-dms/seeder';
import { Migrator, type MigrationStatus } from '@ecommerce-dms/migrator';
import { commandFor } from '../command-for.ts';
import { describeUnfinishedRun, openDatabase } from '../database/open-database.ts';
import { withShopOrm } from '../database/shop-orm.ts';
import { localStatus } from '../local/local-database.ts';
import { localWorker } from '../local/local-worker.ts';
import { type AlarmsResult, countAlarms, evaluateAlarms } from '../stages/alarms.ts';
import { readRunState, type RunState } from '../state/run-state.ts';
import type { RunContext } from '../stage.ts';
import { printResult } from '../ui/print-result.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';

interface Status {
  environment: string;
  running: boolean;
  /** Undefined where the servers are not ours to watch. */
  servers: ClusterStatus | undefined;
  /** What `dms up --worker` has started; undefined where it has not. */
  worker: Awaited<ReturnType<typeof localWorker>>;
  /** A load that is under way or was cut off: its tables have no constraints. */
  unfinishedRun: UnfinishedRun | undefined;
  migrations: MigrationStatus[];
  alarms: AlarmsResult | undefined;
  stages: RunState['stages'];
}

/** `dms status`: endpoints, versions, replication, pending migrations, alarms, and what was run last. */
export async function status(options: CommonOptions): Promise<void> {
  const context = await runContext(options);
  const result = await readStatus(context);
  printResult({ json: result, text: renderStatus(result) }, options);
}

async function readStatus(context: RunContext): Promise<Status> {
  const { environment } = context;
  const isLocal = environment.settings.target === 'local';
  const { stages } = await readRunState(environment);
  const servers = isLocal ? await localStatus(environment) : undefined;
  const running = !isLocal || servers?.nodes.find(({ role }) => role === 'writer')?.running === true;
  const stopped = {
    environment: environment.name,
    running,
    servers,
    worker: isLocal ? await localWorker(environment) : undefined,
    unfinishedRun: undefined,
    migrations: [],
    alarms: undefined,
    stages,
  };
  if (!running) return stopped;
  // What it would note is in the status itself.
  const silent = { ...context, progress: () => undefined, note: () => undefined };
  const { migrator, unfinishedRun } = await openDatabase(silent, 'read');
  const migrations = await withShopOrm(migrator, (orm) => Migrator.of(orm).info());
  const alarms = countAlarms(await evaluateAlarms(silent));
  return { ...stopped, unfinishedRun, migrations, alarms };
}

function renderStatus(status: Status): string {
  const { environment, running, servers, worker, unfinishedRun, migrations, alarms, stages } = status;
  const blocks = [
    `Environment '${environment}': ${running ? 'running' : `stopped ('${commandFor({ name: environment }, 'up')}' starts it)`}`,
  ];
  if (servers !== undefined) blocks.push(renderServers(servers));
  if (worker !== undefined) blocks.push(renderWorker(worker, environment));
  if (unfinishedRun !== undefined) blocks.push(describeUnfinishedRun(unfinishedRun, { name: environment }));
  if (running) {
    const applied = migrations.filter(({ state }) => state === 'applied').length;
    const others = migrations
      .filter(({ state }) => state !== 'applied')
      .map(({ name, state }) => `${state} ${name}`);
    blocks.push(
      `Migrations: ${applied} applied${others.length === 0 ? ', none pending' : `; ${others.join(', ')}`}`,
    );
  }
  if (alarms !== undefined) {
    const firing = alarms.firing.map(({ alarm, instance }) => `${alarm} on ${instance}`).join(', ');
    blocks.push(
      `Alarms: ${firing === '' ? 'none' : firing}; ${alarms.ok} ok, ${alarms.notEvaluable} not evaluable in SQL`,
    );
  }
  const runs = Object.entries(stages).map(([name, { finishedAt, durationMs }]) => [
    name,
    finishedAt,
    `${(durationMs / 1000).toFixed(1)} s`,
  ]);
  if (runs.length > 0) blocks.push(table([['last run', 'finished', 'took'], ...runs]));
  return blocks.join('\n\n');
}

function renderWorker(worker: NonNullable<Status['worker']>, environment: string): string {
  if (worker.hasDied) {
    return `Worker: has ended by itself, see ${worker.log}; '${commandFor({ name: environment }, 'up --worker')}' starts it again.`;
  }
  const { pid, health } = worker;
  if (health === null) return `Worker: process ${pid} does not answer.`;
  const { role, lagMs, failing } = health;
  const lag = lagMs === null ? 'no database' : `oldest event waits for ${(lagMs / 1000).toFixed(1)} s`;
  return `Worker: process ${pid}, ${role}, ${lag}${failing.length === 0 ? '' : `; failing: ${failing.join(', ')}`}`;
}

function renderServers({ nodes, synchronous, keptDirectory }: ClusterStatus): string {
  const rows = nodes.map(({ name, role, port, running, version, lagBytes, syncState }) => [
    name,
    role,
    running ? `127.0.0.1:${port}` : 'stopped',
    version === null ? '' : `PostgreSQL ${version}`,
    lagBytes === null ? '' : `${lagBytes} bytes behind`,
    syncState ?? '',
  ]);
  const commits = synchronous ? 'Commits wait for a standby.' : 'Commits do not wait for a standby.';
  const kept = keptDirectory === null ? '' : `\nThe data of a former writer is kept in ${keptDirectory}.`;
  return `${table(rows)}\n${commits}${kept}`;
}
