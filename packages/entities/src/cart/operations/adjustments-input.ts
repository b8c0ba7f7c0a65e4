import { z } from 'zod';
import { amountMinor, listOf, name } from '../../bounds.ts';

const adjustment = z.strictObject({
  kind: z.enum(['discount', 'shipping', 'tax']),
  code: name,
  amountMinor,
});

/** The input for amounts that are known before a checkout, such as those of a tax service. */
export const adjustments = listOf(adjustment).default([]);
