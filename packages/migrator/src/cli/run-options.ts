import { InvalidArgumentError, Option } from 'commander';
import type { RunOptions } from '../options.ts';

/** How `up` and `down` behave, as options of a command. */
export const runOptions: readonly Option[] = [
  ms('lock-timeout-ms', 'how long to wait for another run to end (default: 60000)'),
  ms(
    'ddl-lock-timeout-ms',
    "how long a migration waits in all for its tables' locks (default: 600000; 0: forever)",
  ),
  ms('ddl-lock-attempt-ms', 'how long queries of a table wait at most behind an attempt (default: 100)'),
  new Option(
    '--unfinished <what>',
    'a CALL or DO that commits by itself and did not end: run it again, or take it as done',
  ).choices(['again', 'done']),
  ms('statement-timeout-ms', 'how long a statement may take (default: 0, no limit)'),
];

/** Their values. */
export type RunFlags = Pick<
  RunOptions,
  'lockTimeoutMs' | 'ddlLockTimeoutMs' | 'ddlLockAttemptMs' | 'unfinished' | 'statementTimeoutMs'
>;

/** An option whose value is a time in ms. */
export function ms(name: string, description: string): Option {
  return wholeNumber(`--${name} <ms>`, description, 'milliseconds');
}

/** An option whose value is a whole number of `what`. */
export function wholeNumber(flags: string, description: string, what: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^\d+$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number of ${what}.`);
  });
}

/** An option that may be given several times: `--ignore a --ignore b`. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, earlier: string[] = []) => [
    ...earlier,
    value,
  ]);
}
