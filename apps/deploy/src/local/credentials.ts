import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LoginRole, loginRoles } from '@ecommerce-dms/entities/roles';
import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { commandFor } from '../command-for.ts';

const schema = z.record(z.enum(loginRoles), z.string().min(1));

/** Passwords of the local database's login roles. */
export type Credentials = Record<LoginRole, string>;

/**
 * Reads the passwords of an environment, or makes random ones and keeps them, readable by their owner only.
 * @throws UserError `credentials-unreadable` when the file is damaged
 */
export async function localCredentials(environment: {
  name: string;
  directory: string;
}): Promise<Credentials> {
  const file = join(environment.directory, 'credentials.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return createCredentials(file);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new UserError('credentials-unreadable', `The passwords in ${file} cannot be read.`, {
      hint: `Delete the file; the next '${commandFor(environment, 'up')}' sets new passwords.`,
    });
  }
}

async function createCredentials(file: string): Promise<Credentials> {
  const password = (): string => randomBytes(18).toString('base64url');
  const credentials = { shop_migrator: password(), shop_app: password(), shop_readonly: password() };
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
  return credentials;
}
