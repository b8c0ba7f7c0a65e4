import { type ErrorCode, errorCodes } from './error-codes.ts';

/**
 * An error that the user can do something about: a wrong setting, a server that cannot be reached, bad input.
 *
 * A command prints `message` and `hint`, and no stack trace. Anything else that is thrown is a defect.
 *
 * The codes are those of ecommerce-dms ({@link errorCodes}). An error of your own extends `Error`; with a `code`, a
 * `hint` and an `exitCode` it is reported like one of these: see {@link isUserError}.
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
  /** A stable name for programs, one of {@link errorCodes}. */
  readonly code: ErrorCode;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  /** The exit code of a command: 1 failed, 2 usage or settings, 3 findings. It follows from the code. */
  readonly exitCode: 1 | 2 | 3;

  /** @param message what happened, and where, as a sentence */
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.exitCode = errorCodes[code].exitCode;
  }
}

/**
 * Whether `error` is a {@link UserError}, of this copy of the package or of another one, or another error with the same
 * fields: `code`, `hint`, `exitCode`.
 */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && 'exitCode' in error && 'hint' in error && 'code' in error;
}

/** The same error with another hint, and another message where one is given; the original is its `cause`. */
export function withHint(error: UserError, hint: string | undefined, message = error.message): UserError {
  return new UserError(error.code, message, { hint, cause: error });
}
