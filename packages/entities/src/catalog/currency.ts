import { defineEntity, p } from '@mikro-orm/core';
import { trigger } from '../triggers.ts';

const CurrencySchema = defineEntity({
  name: 'Currency',
  tableName: 'currency',
  comment: 'ISO 4217. Amounts are whole minor units: 1 unit = 10^exponent minor units.',
  properties: {
    code: p.text().primary(),
    exponent: p.smallint(),
    taxIncluded: p
      .boolean()
      .default(false)
      .comment('Whether prices of base include taxes, and those of each list that does not say otherwise.'),
  },
  checks: [
    { name: 'currency_code_check', expression: `code ~ '^[A-Z]{3}$'` },
    { name: 'currency_exponent_check', expression: 'exponent >= 0 and exponent <= 4' },
  ],
  triggers: [
    trigger('currency', 'append_only', {
      timing: 'before',
      events: ['update', 'delete', 'truncate'],
      columns: ['code'],
      forEach: 'statement',
      execute: 'refuse_change',
    }),
  ],
});

/** A currency of ISO 4217, and the number of decimals of its minor unit. */
export class Currency extends CurrencySchema.class {}
CurrencySchema.setClass(Currency);
