import { UserError } from '@ecommerce-dms/errors';

/** Throws if the environment's name has the word `production` or `prod` in it, unless that is allowed. */
export function refuseProduction(environment: string | undefined, isAllowed: boolean): void {
  if (isAllowed || environment === undefined) return;
  const words = environment.toLowerCase().split(/[^a-z]+/);
  if (!words.includes('production') && !words.includes('prod')) return;
  throw new UserError(
    'production-refused',
    `The environment ${environment} is a production one: it is not seeded.`,
    {
      hint: 'Choose another environment. If made-up data belongs there, set allowProduction.',
    },
  );
}
