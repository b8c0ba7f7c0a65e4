import { UserError } from '@ecommerce-dms/errors';

/**
 * Throws one error that lists every fault; does nothing without faults.
 *
 * @param where what was being set up, for the message: `PostgresInstance "shop"`
 * @throws UserError `invalid-settings`: there are faults.
 */
export function refuseFaults(where: string, faults: readonly (string | false | undefined)[]): void {
  const real = faults.filter((fault) => typeof fault === 'string');
  if (real.length === 0) return;
  const list = real.map((fault) => `- ${fault}`).join('\n');
  throw new UserError('invalid-settings', `${where} can't be set up:\n${list}`, {
    hint: 'Correct the settings named above, then synthesize again.',
  });
}

/** What is wrong with the name of a database or of what belongs to it. */
export function nameFault(name: string, maxLength: number): string | false {
  return (
    (!/^[a-z](-?[a-z0-9])*$/.test(name) || name.length > maxLength) &&
    `name "${name}" is not 1 to ${maxLength} of a-z, 0-9 and single hyphens, beginning with a letter`
  );
}

export function isWholeBetween(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
