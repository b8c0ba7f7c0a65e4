import { UserError } from '@ecommerce-dms/errors';
import { expect, test } from 'vitest';
import { Tally } from './tally.ts';

test('servers that do not come back end the load; refusals and faults are counted', async () => {
  const tally = new Tally();
  const fail = (code: 'out-of-stock' | 'database-busy' | 'database-unavailable') =>
    tally.done('checkout', () => Promise.reject(new UserError(code, 'No.')));
  expect(await fail('out-of-stock')).toBeUndefined();
  expect(await fail('database-busy')).toBeUndefined();
  await expect(fail('database-unavailable')).rejects.toMatchObject({ code: 'database-unavailable' });
  expect(tally.refused).toEqual({ 'out-of-stock': 1 });
  expect(tally.unexpected).toHaveLength(1);
});
