/**
 * A failure that its reader can do something about: a wrong setting, a server that is not there, bad input.
 *
 * A command prints `message` and `hint` and no stack trace. Anything else that is thrown is a defect.
 *
 * @example
 * ```ts
 * import { UserError } from '@ecommerce-dms/errors';
 *
 * throw new UserError('port-in-use', 'Port 5432 on 127.0.0.1 is in use.', {
 *   hint: 'Stop the program that listens there, or choose another port with --port.',
 * });
 * ```
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  /** Stable, kebab-case, for programs: `port-in-use`. */
  readonly code: string;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  /** The exit code that a command ends with: 1 failed, 2 usage or settings, 3 findings. */
  readonly exitCode: 1 | 2 | 3;

  /**
   * @param code stable, kebab-case name of the failure
   * @param message what happened, and where, as a sentence
   */
  constructor(
    code: string,
    message: string,
    options: { hint?: string; exitCode?: 1 | 2 | 3; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** Whether `error` is a {@link UserError}, of this copy of the package or of another one. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && 'exitCode' in error && 'hint' in error && 'code' in error;
}
