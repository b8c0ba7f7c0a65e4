import { join } from 'node:path';
import { notCopiedFaults, sqlFilesIn } from '../files/find-sql-files.ts';
import type { MigrationFolders } from '../files/migration-folders.ts';
import { withoutEnding } from '../files/migration-name.ts';
import type { Fault } from '../refuse-faults.ts';
import { type Backfill, readBackfill } from './backfill-file.ts';

/** The folder beside the migrations whose SQL files are backfills. */
export const backfillFolder = 'backfills';

/** The backfills of the code, by name, and what is wrong with the files. */
export async function findBackfills(
  folders: MigrationFolders | undefined,
): Promise<{ found: Backfill[]; faults: Fault[] }> {
  if (folders === undefined) return { found: [], faults: [] };
  const folder = join(folders.read, backfillFolder);
  const source = folders.source === undefined ? undefined : join(folders.source, backfillFolder);
  const faults = await notCopiedFaults(folder, source);
  const found: Backfill[] = [];
  for (const file of await sqlFilesIn(folder)) {
    const read = await readBackfill(withoutEnding(file), join(folder, file));
    if ('backfill' in read) found.push(read.backfill);
    else
      faults.push(
        ...read.faults.map((fault) => ({ name: `${backfillFolder}/${file}`, problem: `${fault}.` })),
      );
  }
  return { found, faults };
}
