import { z } from 'zod';

const adjustment = z.strictObject({
  kind: z.enum(['discount', 'shipping', 'tax']),
  code: z.string().min(1),
  amountMinor: z.bigint().nonnegative(),
});

/** The input for amounts that are known before a checkout, such as those of a tax service. */
export const adjustments = z.array(adjustment).default([]);
