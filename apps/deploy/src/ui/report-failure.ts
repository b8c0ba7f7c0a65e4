import { isUserError } from '@ecommerce-dms/errors';

/** What a user can fix, by Node's code of the failure. */
const fileFailures = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space is left on the disk'],
]);

/**
 * Prints why a command ended, to stderr, and returns its exit code.
 *
 * A user's mistake is a sentence and a hint; an interrupt says how to go on; anything else is a defect of ours and
 * comes with its stack.
 */
export function reportFailure(error: unknown, signal: AbortSignal): 1 | 2 | 3 {
  // An interrupt that could not be cleaned up after is a failure to act on.
  if (signal.aborted && !(isUserError(error) && error.code === 'restore-failed')) {
    const hint = isUserError(error) && error.code === 'interrupted' ? error.hint : undefined;
    console.error(`Interrupted. ${hint ?? 'What was done is kept; run the same command again to go on.'}`);
    return 1;
  }
  if (isUserError(error)) {
    console.error(`dms: ${error.message}`);
    if (error.hint !== undefined) console.error(`     ${error.hint.replaceAll('\n', '\n     ')}`);
    return error.exitCode;
  }
  const reason = fileFailures.get((error as NodeJS.ErrnoException).code ?? '');
  if (reason !== undefined) {
    console.error(`dms: ${(error as NodeJS.ErrnoException).path ?? 'A file'} cannot be written: ${reason}.`);
    return 1;
  }
  console.error('dms: an unexpected error; please report it with the lines below.');
  console.error(error);
  return 1;
}
