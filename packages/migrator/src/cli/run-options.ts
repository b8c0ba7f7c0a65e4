import { InvalidArgumentError, Option } from 'commander';
import type { RunOptions } from '../options.ts';

/** How `up` and `down` behave, as options of a command. */
export const runOptions: readonly Option[] = [
  ms('lock-timeout-ms', 'how long to wait for another run to end (default: 60000)'),
  ms('ddl-lock-timeout-ms', "how long a statement may wait for a table's lock (default: see the reference)"),
  ms('statement-timeout-ms', 'how long a statement may take (default: 0, no limit)'),
];

/** Their values. */
export type RunFlags = Pick<RunOptions, 'lockTimeoutMs' | 'ddlLockTimeoutMs' | 'statementTimeoutMs'>;

function ms(name: string, description: string): Option {
  return new Option(`--${name} <ms>`, description).argParser((text) => {
    if (/^\d+$/.test(text)) return Number(text);
    throw new InvalidArgumentError('It must be a whole number of milliseconds.');
  });
}

/** An option that may be given several times: `--ignore a --ignore b`. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, earlier: string[] = []) => [
    ...earlier,
    value,
  ]);
}
