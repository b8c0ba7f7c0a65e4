import { chown, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { withAdmin } from './admin-client.ts';
import { postgresMajor } from './binaries.ts';
import { serverOf, updateFile, writerOf } from './cluster-context.ts';
import { configure } from './configure.ts';
import { exists } from './exists.ts';
import { initialize } from './initialize.ts';
import type { Operation } from './operation.ts';

/** Makes the writer's data if the cluster is new, starts it, and promotes it if it is a standby still. */
export async function ensureWriter(operation: Operation): Promise<void> {
  const { context } = operation;
  const node = writerOf(context);
  const server = serverOf(context, node);
  if (!(await exists(server.data))) await makeData(operation);
  if (!context.file.initialised) await updateFile(context, { initialised: true });
  await checkVersion(server.data);
  await configure(context, node);
  await operation.ensureRunning(server, `Starting the writer, ${node.name}, on port ${node.port}`);
  if (await exists(join(server.data, 'standby.signal'))) {
    operation.onProgress(`Promoting ${node.name}`);
    await promote(operation, node.port);
  }
}

async function makeData(operation: Operation): Promise<void> {
  const { context } = operation;
  const { data } = serverOf(context, writerOf(context));
  if (context.file.initialised) {
    throw new UserError('cluster-data-not-found', `The cluster's data is missing: ${data}.`, {
      hint: 'Restore it, or remove the cluster and start over.',
    });
  }
  operation.onProgress(`Initialising PostgreSQL ${postgresMajor} in ${context.root}`);
  // Never the same folder twice: the initdb of a killed call may still be at work, and tidies up when it fails.
  const building = await mkdtemp(`${data}.new-`);
  try {
    if (context.user) await chown(building, context.user.uid, context.user.gid);
    await initialize({
      binaries: context.binaries,
      user: context.user,
      data: join(building, 'data'),
      scratch: building,
      password: context.file.superuserPassword,
      sync: context.file.settings.fsync !== 'off',
      signal: operation.signal,
    });
    await rename(join(building, 'data'), data);
  } finally {
    await rm(building, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function checkVersion(data: string): Promise<void> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '');
  if (version.trim() === String(postgresMajor)) return;
  throw new UserError(
    'postgres-version-mismatch',
    `${data} is not a data folder of PostgreSQL ${postgresMajor} (its PG_VERSION is "${version.trim()}").`,
    { hint: 'Restore it, or remove the cluster and start over.' },
  );
}

/** Idempotent, so that a promotion that was interrupted is finished by the next call. */
async function promote(operation: Operation, port: number): Promise<void> {
  await withAdmin(port, operation.context.file.superuserPassword, async (client) => {
    await client.query('select pg_promote(wait => false) where pg_is_in_recovery()');
    for (;;) {
      operation.signal?.throwIfAborted();
      const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
      if (rows[0]?.standby === false) return;
      await delay(10);
    }
  });
}
