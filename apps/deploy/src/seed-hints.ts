import { randomInt } from 'node:crypto';
import { type ErrorCode, isUserError, withHint } from '@ecommerce-dms/errors';
import { commandFor } from './command-for.ts';
import type { LoadedEnvironment } from './config/load-config.ts';

/** What a seed goes by. */
export interface SeedSettings {
  orders: number;
  seed: number;
  allowNonEmpty?: boolean;
  allowProduction?: boolean;
  /** Leave a database that has orders as it is, instead of refusing it. */
  keepExisting?: boolean;
}

/** Failures that a flag of `dms seed` gets over, and what to do about them instead. */
const remedies: Readonly<
  Partial<Record<ErrorCode, { flags: Partial<SeedSettings>; hint: (seed: string) => string }>>
> = {
  'tables-not-empty': {
    flags: { allowNonEmpty: true },
    hint: (seed) =>
      `Add to what is there with ${seed}: another --seed makes other keys. Or use an empty database.`,
  },
  // With keys that are there already, as the same --seed makes them.
  'plan-violates-constraint': {
    flags: { allowNonEmpty: true },
    hint: (seed) => `Rows that are there may have the same keys: try another --seed, ${seed}.`,
  },
  'production-refused': {
    flags: { allowProduction: true },
    hint: (seed) => `If you mean it, ${seed}.`,
  },
};

/** The failure of a seed stage with a hint that names the whole command to run; any other failure as it is. */
export function withSeedCommand(
  error: unknown,
  environment: LoadedEnvironment,
  options: SeedSettings,
): unknown {
  const remedy = isUserError(error) ? remedies[error.code] : undefined;
  if (!isUserError(error) || remedy === undefined) return error;
  const { orders, seed, allowNonEmpty, allowProduction } = { ...options, ...remedy.flags };
  const words = [
    `seed --orders ${orders}`,
    `--seed ${allowNonEmpty === true ? otherThan(seed) : seed}`,
    ...(allowNonEmpty === true ? ['--allow-non-empty'] : []),
    ...(allowProduction === true ? ['--allow-production'] : []),
  ];
  const hint = remedy.hint(`'${commandFor(environment, words.join(' '))}'`);
  // `dms up` has stopped again what it had started.
  const isUp = options.keepExisting === true && environment.settings.target === 'local';
  const start = isUp
    ? `'${commandFor(environment, 'up --orders 0')}' starts it without generated data. Then: `
    : '';
  return withHint(error, `${start}${hint}`);
}

/** A seed that has hardly been used before. */
function otherThan(seed: number): number {
  const other = randomInt(2, 1_000_000_000);
  return other === seed ? other - 1 : other;
}
