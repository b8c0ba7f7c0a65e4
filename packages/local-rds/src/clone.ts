import { chown, copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { withAdmin } from './admin-client.ts';
import { copyTree } from './copy-tree.ts';
import type { Server } from './server.ts';

/** Contents that belong to the running server only; the folders themselves must be there. */
const emptied =
  /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/|pgsql_tmp|pg_internal\.init/;
/** What a clone has of its own. */
const ownFiles = new Set(['postmaster.pid', 'postmaster.opts', 'backup_label.old', 'global/pg_control']);

/**
 * Copies the data folder of a running writer to `target`, ready to start as its standby: PostgreSQL's low-level
 * backup. The WAL that it needs is streamed from its slot, which must exist.
 */
export async function cloneWriter(
  writer: Server,
  target: string,
  superuserPassword: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await withAdmin(writer.port, superuserPassword, async (client) => {
    await client.query(`select pg_backup_start('local-rds', fast => true)`);
    await copyTree(writer.data, target, {
      owner: writer.user,
      skip: (path) => emptied.test(path) || ownFiles.has(path),
      signal,
    });
    // Last, so that it is not older than what it controls.
    await copyFile(join(writer.data, 'global/pg_control'), join(target, 'global/pg_control'));
    const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>(
      'select labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)',
    );
    if (rows[0]?.spcmapfile) {
      throw new UserError('tablespaces-not-supported', 'A cluster with standbys cannot have tablespaces.', {
        hint: 'Move their tables to pg_default and drop them, or start the cluster with standbys: 0.',
      });
    }
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
  });
  await writeFile(join(target, 'standby.signal'), '', { mode: 0o600 });
  for (const file of ['global/pg_control', 'backup_label', 'standby.signal']) {
    if (writer.user) await chown(join(target, file), writer.user.uid, writer.user.gid);
  }
}
