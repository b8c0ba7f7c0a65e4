import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';

/** The account that the PostgreSQL processes run as, and that owns the data. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root runs it as somebody else: `name`, or `postgres` where that account
 * exists, or `nobody`. Anybody but root runs it as himself: `undefined`.
 */
export async function findServerUser(name?: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const candidates = name === undefined ? ['postgres', 'nobody'] : [name];
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const candidate of candidates) {
    const account = accounts.find(([account]) => account === candidate);
    const [uid, gid] = [Number(account?.[2]), Number(account?.[3])];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  throw new UserError(
    'server-user-not-found',
    `PostgreSQL refuses to run as root, and /etc/passwd has no ordinary account named ${candidates.join(' or ')}.`,
    { hint: 'Run this as an ordinary user, or name an account with the option `serverUser`.' },
  );
}

/** Whether `user` may enter every folder down to `path` and `path` itself; always true for `undefined`, ourselves. */
export async function canReach(path: string, user: ServerUser | undefined): Promise<boolean> {
  if (user === undefined) return true;
  for (let current = await realpath(path); ; current = dirname(current)) {
    const { uid, gid, mode } = await stat(current);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 0o1) === 0) return false;
    if (current === dirname(current)) return true;
  }
}
