import { accessSync, constants } from 'node:fs';
import { UserError } from './user-error.ts';

/**
 * Refuses a text that is not the URL of a PostgreSQL database. Call it before a driver reads the URL: a driver takes part
 * of a password that is not percent-encoded for a host, and shows it in its error.
 *
 * @param name what the message calls the URL: the variable or the option that it comes from
 * @throws UserError `invalid-database-url`: the text is not such a URL; the message does not contain it.
 */
export function checkDatabaseUrl(url: string, name = 'The database URL'): void {
  const fault = faultOf(url);
  if (fault === undefined) return;
  throw new UserError('invalid-database-url', `${name} cannot be used: ${fault}.`, {
    hint: `Write it as postgres://user:password@host:5432/database, with the special characters of the password percent-encoded. This command encodes one:\nnode -p 'encodeURIComponent(process.argv[1])' -- 'p@ss'`,
  });
}

function faultOf(url: string): string | undefined {
  if (!URL.canParse(url)) return 'it is not a URL';
  // URL drops a space at either end, and a driver takes the whole text for the name of a database.
  if (url.includes(' ')) return 'a space in it is not percent-encoded';
  const { protocol, username, password, host, pathname, search, hash, searchParams } = new URL(url);
  // The scheme could be part of a password: `app:secret@host`.
  if (!/^postgres(ql)?:$/.test(protocol)) return 'it does not begin with postgres:// or postgresql://';
  if (/[@#]/.test(pathname + search + hash)) return 'it has an @ or a # after its host';
  if (host === '' && !searchParams.has('host')) return 'it names no host';
  if (pathname.length < 2) return 'it names no database';
  const parts = [username, password, pathname];
  if (parts.some((part) => /%(?![\da-f]{2})/i.test(part)))
    return 'a % in it does not begin a percent-encoding';
  if (parts.some(isNotUtf8)) return 'a percent-encoding in it is not UTF-8';
  const unread = ['sslrootcert', 'sslcert', 'sslkey'].find((name) => isUnreadable(searchParams.get(name)));
  return unread && `the file that ${unread} names cannot be read`;
}

function isNotUtf8(part: string): boolean {
  try {
    decodeURIComponent(part);
    return false;
  } catch {
    return true;
  }
}

function isUnreadable(file: string | null): boolean {
  if (file === null || file === '') return false;
  try {
    accessSync(file, constants.R_OK);
    return false;
  } catch {
    return true;
  }
}
