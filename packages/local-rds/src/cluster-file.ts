import { chown, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { postgresMajor } from './binaries.ts';

/** One server of the cluster. */
export interface ClusterNode {
  name: string;
  port: number;
  /**
   * Of a standby: `absent` until it is cloned and streams; `joining` while commits begin to wait for it; `ready`
   * once it holds every row that was acknowledged. Only a ready one may become the writer.
   */
  state: 'absent' | 'joining' | 'ready';
  /** Its data is that of a former writer, with WAL that the new one has not: it is moved to the folder of that name. */
  keepAs?: string | undefined;
}

/** What `cluster.json` says: the state that the servers are brought to. Holds passwords, so mode 0600. */
export interface ClusterFile {
  format: 1;
  postgresMajor: number;
  /** Name of the node that is, or is about to become, the writer. */
  writer: string;
  nodes: ClusterNode[];
  synchronous: boolean;
  settings: Record<string, string>;
  /** The first writer's data was made; from then on missing data is an error, never a reason to start over. */
  initialised: boolean;
  /** The account of the servers; absent on Windows. */
  serverUser?: { uid: number; gid: number };
  /** Where the data is when the account of the servers cannot reach this folder. */
  dataRoot?: string;
  superuserPassword: string;
  replicationPassword: string;
}

const fileName = 'cluster.json';

/**
 * Reads the cluster file of a folder; undefined when there is none.
 *
 * @throws UserError `invalid-cluster-directory`, `postgres-version-mismatch`, `directory-unreadable`
 */
export async function readClusterFile(directory: string): Promise<ClusterFile | undefined> {
  const path = join(directory, fileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError('directory-unreadable', `${path} cannot be read (${code}).`, {
      hint: 'Run this as the user who started the cluster.',
      cause: error,
    });
  }
  const file = parse(text);
  if (file?.format !== 1) {
    throw new UserError(
      'invalid-cluster-directory',
      `${path} is not the file of a cluster that this version knows.`,
      { hint: 'Name another folder, or restore the file.' },
    );
  }
  if (file.postgresMajor !== postgresMajor) {
    throw new UserError(
      'postgres-version-mismatch',
      `The cluster in ${directory} is of PostgreSQL ${file.postgresMajor}; this version runs ${postgresMajor}.`,
      { hint: 'Move its data with pg_dump of the old version, or name another folder.' },
    );
  }
  return file;
}

function parse(text: string): ClusterFile | undefined {
  try {
    return JSON.parse(text) as ClusterFile;
  } catch {
    return undefined;
  }
}

/** Replaces the cluster file as a whole: a crash leaves the old one or the new one. */
export async function writeClusterFile(directory: string, file: ClusterFile): Promise<void> {
  const path = join(directory, fileName);
  const building = await open(`${path}.new`, 'w', 0o600);
  try {
    await building.writeFile(`${JSON.stringify(file, undefined, 2)}\n`);
    await building.sync();
  } finally {
    await building.close();
  }
  // Root may work on an ordinary user's cluster, who must be able to read it afterwards.
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(directory);
    await chown(`${path}.new`, uid, gid);
  }
  await rename(`${path}.new`, path);
}
