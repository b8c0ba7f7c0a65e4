import { UserError } from '@ecommerce-dms/errors';

/**
 * Throws one error that lists every fault; does nothing without faults.
 *
 * @param where what was being set up, for the message: `PostgresInstance "shop"`
 * @throws UserError `invalid-settings`, exit code 2
 */
export function refuseFaults(where: string, faults: readonly (string | false | undefined)[]): void {
  const real = faults.filter((fault) => typeof fault === 'string');
  if (real.length === 0) return;
  throw new UserError(
    'invalid-settings',
    `${where} can't be set up:\n${real.map((f) => `- ${f}`).join('\n')}`,
    {
      hint: 'Correct the settings named above, then synthesize again.',
    },
  );
}
