import { type ErrorCode, isUserError } from '@ecommerce-dms/errors';
import { clusterStatus, stopCluster } from '@ecommerce-dms/local-rds';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { withEnvironmentLock } from '../local/environment-lock.ts';
import { clusterDirectory, openLocalDatabase } from '../local/local-database.ts';
import { type LocalWorker, startLocalWorker } from '../local/local-worker.ts';
import { withStandbysWatched } from '../local/watch-standbys.ts';
import { up as pipeline } from '../pipelines.ts';
import { requireTarget } from '../require-target.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';
import { resultOf, runPipeline } from '../run/run-pipeline.ts';
import type { Flags, RunContext, StageRun } from '../stage.ts';
import { start } from '../stages/start.ts';
import { printResult } from '../ui/print-result.ts';
import { isShownToUser } from '../ui/redact-output.ts';
import { table } from '../ui/table.ts';
import { noDelivery } from './no-delivery.ts';

/** `dms up`: a running, migrated, filled and checked database, and the same environment on AWS. */
export async function up({
  worker = false,
  ...options
}: CommonOptions & Flags & { worker?: boolean }): Promise<void> {
  const startedAt = performance.now();
  const context = await runContext(options);
  const { environment } = context;
  requireTarget(environment, 'local', 'up');
  const { runs, started } = await withEnvironmentLock(context, async () => {
    const runs = await runUp(context, options);
    return { runs, started: worker ? await startLocalWorker(environment, context.signal) : undefined };
  });
  const { json, text } = resultOf(runs, context, startedAt);
  const { app: writer, readonly: reader, migrator } = await openLocalDatabase(environment);
  const urls = { writer, reader, migrator };
  // What is piped is kept, in a log or a file.
  const withPasswords = options.json !== true && isShownToUser();
  const command = (name: string): string => `'${commandFor(environment, name)}'`;
  const hidden = withPasswords ? '' : `\n${command('urls')} prints them with their passwords.`;
  const end = `Up in ${json.seconds.toFixed(1)} s. ${command('status')} looks at it, ${command('down')} stops it.`;
  printResult(
    {
      json: { ...json, urls, ...(started && { worker: started }) },
      text: [
        text,
        ...(started ? [workerText(started, environment)] : []),
        `${table(Object.entries(urls))}${hidden}`,
        end,
      ].join('\n\n'),
    },
    options,
    { withPasswords },
  );
}

function workerText({ pid, port }: LocalWorker, { settings }: LoadedEnvironment): string {
  const running = `A worker runs as process ${pid}; http://127.0.0.1:${port}/healthz tells its health.`;
  return settings.worker.deliver === undefined ? `${running}\n${noDelivery}` : running;
}

async function runUp(context: RunContext, flags: Flags): Promise<StageRun[]> {
  const { environment } = context;
  const wasRunning = await isRunning(context);
  try {
    return await withStandbysWatched(
      context,
      () => start.hasRun(environment),
      (watched) => runPipeline(watched, pipeline, flags),
    );
  } catch (error) {
    // What this command started it stops again, unless the database is needed for what the failure asks for.
    if (!wasRunning && !needsDatabase(error)) await stopCluster(clusterDirectory(environment));
    throw error;
  }
}

/** Failures whose hints are about the running database, beside those with findings. */
const needDatabase = new Set<ErrorCode>([
  'migrations-refused',
  'checks-not-evaluated',
  'rows-of-others',
  'rows-violate-constraint',
  'tables-changed',
  'restore-failed',
]);

function needsDatabase(error: unknown): boolean {
  if (!isUserError(error)) return false;
  return error.exitCode === 3 || needDatabase.has(error.code);
}

async function isRunning({ environment }: RunContext): Promise<boolean> {
  const status = await clusterStatus(clusterDirectory(environment)).catch(() => undefined);
  return status?.nodes.some(({ running }) => running) === true;
}
