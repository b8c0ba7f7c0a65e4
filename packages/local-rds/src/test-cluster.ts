import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateBinaries } from './binaries.ts';
import { initialize, superuser } from './initialize.ts';
import { findFreePort } from './ports.ts';
import { startServer, stopServer } from './server.ts';
import { findServerUser } from './server-user.ts';

/** Speed over safety: the cluster is thrown away with the run. */
const settings = (port: number) => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = replica
max_wal_size = 4GB
checkpoint_timeout = 1h
autovacuum_naptime = 10min
jit = off
max_prepared_transactions = 10
log_timezone = UTC
timezone = UTC
`;

/** Starts a throw-away cluster without standbys for a test run. `url` is the superuser's. */
export async function startTestCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const user = await findServerUser();
  const binaries = await locateBinaries(user);
  const directory = await mkdtemp(join(await scratchDirectory(), 'local-rds-test-'));
  await chmod(directory, 0o711);
  if (user) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const password = randomBytes(24).toString('base64url');
  await initialize({ binaries, user, data, scratch: directory, password, sync: false });
  const port = await findFreePort();
  await writeFile(join(data, 'postgresql.conf'), settings(port));
  const server = { binaries, user, data, log: join(directory, 'server.log'), port };
  const { pid } = await startServer(server);
  const watcher = stopWhenParentDies(pid, directory);
  return {
    url: `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      watcher.kill();
      await stopServer(server);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Memory where there is enough of it: a database is a few hundred files, slow to create on some disks. */
async function scratchDirectory(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  const roomy = Math.min(process.availableMemory(), memory ? memory.bavail * memory.bsize : 0) >= 4 * 2 ** 30;
  return roomy ? '/dev/shm' : tmpdir();
}

/** The end of its standard input tells the watcher that the test run is gone, killed ones included. */
function stopWhenParentDies(pid: number, directory: string) {
  const script = `process.stdin.resume().on('end', () => {
    try { process.kill(${pid}, 'SIGQUIT'); } catch {}
    setTimeout(() => require('node:fs').rmSync(${JSON.stringify(directory)}, { recursive: true, force: true }), 500);
  })`;
  const watcher = spawn(process.execPath, ['-e', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return watcher;
}
