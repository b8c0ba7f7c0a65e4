import { UserError } from '@ecommerce-dms/errors';
import { diskFull, isDiskFull } from './server-log.ts';

/** Runs `work` in a folder; what the file system refuses becomes an error that a user can fix. */
export async function explainFailures<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError && !isDiskFull(error.message)) throw error;
    const { code, message, path = directory } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || isDiskFull(message)) throw diskFull(directory, error);
    if (
      code === 'EACCES' ||
      code === 'EROFS' ||
      code === 'EPERM' ||
      code === 'EEXIST' ||
      code === 'ENOTDIR'
    ) {
      throw new UserError('directory-unwritable', `${path} cannot be written (${code}).`, {
        hint: 'Make it writable for this user, or name another folder.',
        cause: error,
      });
    }
    throw error;
  }
}
