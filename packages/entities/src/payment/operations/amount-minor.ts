import { z } from 'zod';

/** An amount of a payment, in minor units: as much as a `bigint` column takes. */
export const amountMinor = z
  .bigint()
  .positive()
  .max(2n ** 63n - 1n);
