import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { withAdmin } from './admin-client.ts';
import { damagedPages } from './damaged-pages.ts';
import { exists } from './exists.ts';
import { fileFault, readRelations, type Original, type Relation } from './relation-files.ts';
import type { Server } from './server.ts';
import { isLostSession } from './server-log.ts';

/** Enough to see what kind of damage it is. */
const mostFaults = 5;
/** Within that time a standby that follows has replayed what its writer has dropped or added. */
const settleMs = 300;

/**
 * What is wrong with the data of a running server, as sentences; none when it is healthy. Looked for are missing
 * folders of databases, missing or too short files of relations, missing files of the commit log, and damaged pages.
 *
 * @param original of a standby: its writer's data. Without it nothing is known of the lengths of files, nor of the files
 *   of databases that nobody may connect to
 */
export async function findDamage(
  server: Server,
  password: string,
  options: { original?: Original | undefined; signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const { original, signal } = options;
  let missing = await missingFiles(server, password, original);
  if (missing.length > 0) {
    // What was dropped between two looks is not missing.
    await delay(settleMs, undefined, { signal });
    const again = await missingFiles(server, password, original);
    missing = missing.filter((fault) => again.includes(fault));
  }
  return [...missing, ...(await damagedPages(server.data, mostFaults, { original, signal }))].slice(
    0,
    mostFaults,
  );
}

async function missingFiles(
  { port, data }: Server,
  password: string,
  original: Original | undefined,
): Promise<string[]> {
  const { databases, faults } = await withAdmin(port, password, async (client) => ({
    databases: await readDatabases(client),
    faults: await missingCommitLog(client, data),
  }));
  const checked = new Set<string>();
  for (const { oid, name, connectable } of databases) {
    for (const file of ['PG_VERSION', 'pg_filenode.map']) {
      const path = `base/${oid}/${file}`;
      if (!(await exists(join(data, path)))) faults.push(`${path} of database "${name}" is missing`);
    }
    const relations = connectable
      ? await readRelations(port, password, name).catch((error: unknown) => {
          if (isLostSession(error) || error instanceof UserError) throw error;
          faults.push(`database "${name}" cannot be read: ${(error as Error).message}`);
          return [];
        })
      : relationsOf(original, oid, name);
    for (const relation of relations) {
      // Those that all databases share are in each one's catalog.
      if (checked.has(relation.path)) continue;
      checked.add(relation.path);
      const fault = await fileFault(data, relation, original);
      if (fault !== undefined) faults.push(fault);
    }
  }
  return faults;
}

interface Database {
  oid: string;
  name: string;
  connectable: boolean;
}

async function readDatabases(client: Client): Promise<Database[]> {
  const { rows } = await client.query<Database>(
    'select oid::text, datname as name, datallowconn as connectable from pg_database',
  );
  return rows;
}

/** A template that nobody may connect to does not change: it has the files that it has in the original. */
function relationsOf(original: Original | undefined, oid: string, database: string): Relation[] {
  return [...(original?.lengths ?? [])]
    .filter(([path, length]) => path.startsWith(`base/${oid}/`) && length > 0)
    .map(([path]) => ({ path, name: `in database "${database}"` }));
}

/** The files that say of each transaction since the oldest that matters whether it was committed. */
async function missingCommitLog(client: Client, data: string): Promise<string[]> {
  const transactionsPerFile = 2 ** 20;
  const { rows } = await client.query<{ oldest: string; next: string }>(
    `select oldest_xid::text as oldest, split_part(next_xid, ':', 2) as next from pg_control_checkpoint()`,
  );
  const fileOf = (transaction: number) => Math.floor((transaction % 2 ** 32) / transactionsPerFile);
  const [first, last] = [fileOf(Number(rows[0]?.oldest)), fileOf(Number(rows[0]?.next) + 2 ** 32 - 1)];
  const faults: string[] = [];
  const files = 2 ** 32 / transactionsPerFile;
  for (let file = first; ; file = (file + 1) % files) {
    const path = `pg_xact/${file.toString(16).toUpperCase().padStart(4, '0')}`;
    if (!(await exists(join(data, path)))) faults.push(`${path}, of the commit log, is missing`);
    if (file === last) return faults;
  }
}
