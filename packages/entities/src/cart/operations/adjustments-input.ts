import { z } from 'zod';
import { amountMinor, listOf, name } from '../../bounds.ts';
import { isOfItsBase, taxBaseParts } from '../../pricing/tax-base.ts';

const adjustment = z
  .strictObject({
    kind: z.enum(['discount', 'shipping', 'tax']),
    code: name,
    amountMinor,
    /** Default: the whole order; a discount of it is divided over its lines. */
    lineId: z.uuid().optional(),
    ...taxBaseParts,
  })
  .refine(isOfItsBase, 'a tax has neither ratePpm nor taxableMinor, or is their product')
  .refine(({ kind, ratePpm }) => kind === 'tax' || ratePpm === undefined, 'only a tax has a rate');

/** The input for amounts that are known before a checkout, such as those of a tax service. */
export const adjustments = listOf(adjustment).default([]);
