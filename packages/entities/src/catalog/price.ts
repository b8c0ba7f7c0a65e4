import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { createdAt, id, minorUnits, timestamp, validity } from '../columns.ts';
import { trigger } from '../triggers.ts';
import { Currency } from './currency.ts';
import { ProductVariant } from './product.ts';
import { slugPattern } from './slug.ts';

const PriceListSchema = defineEntity({
  name: 'PriceList',
  tableName: 'price_list',
  properties: {
    code: p.text().primary(),
    name: p.text(),
    createdAt,
    /** From then on none of its prices is valid. */
    endedAt: timestamp().nullable(),
    taxIncluded: p
      .boolean()
      .nullable()
      .comment(
        'Whether its prices include taxes, in all currencies; null: as those of base in the same currency.',
      ),
  },
  checks: [
    lengthCheck('price_list', { code: maxLength.line, name: maxLength.line }),
    { name: 'price_list_code_check', expression: `code ~ '${slugPattern}'` },
    { name: 'price_list_ended_at_check', expression: `code <> 'base' or ended_at is null` },
    { name: 'price_list_tax_included_check', expression: `code <> 'base' or tax_included is null` },
  ],
});

/** A list of prices. `base` always exists, and prices what another list does not. */
export class PriceList extends PriceListSchema.class {}
PriceListSchema.setClass(PriceList);

const PriceSchema = defineEntity({
  name: 'Price',
  tableName: 'price',
  properties: {
    id,
    variant: () => p.manyToOne(ProductVariant).index('price_variant_id_index'),
    priceList: () => p.manyToOne(PriceList).default('base'),
    currency: () => p.manyToOne(Currency),
    amountMinor: minorUnits(),
    /** The struck-through price shown with it. */
    compareAtMinor: minorUnits().nullable(),
    /** Without an end until the price changes. */
    valid: validity(),
    createdAt,
  },
  indexes: [{ name: 'price_listing_index', properties: ['priceList', 'currency', 'amountMinor'] }],
  checks: [
    { name: 'price_amount_minor_check', expression: 'amount_minor >= 0' },
    { name: 'price_compare_at_minor_check', expression: 'compare_at_minor >= amount_minor' },
    { name: 'price_valid_check', expression: 'not isempty(valid) and not lower_inf(valid)' },
    {
      name: 'price_no_overlap',
      expression:
        'exclude using gist (variant_id with =, price_list_code with =, currency_code with =, valid with &&)',
    },
  ],
  triggers: [
    trigger('price', 'list_open', {
      timing: 'before',
      events: ['insert', 'update'],
      when: `new.price_list_code <> 'base'`,
      execute: 'check_price_list_open',
    }),
  ],
});

/** What a variant costs in a list and a currency while it is valid. */
export class Price extends PriceSchema.class {}
PriceSchema.setClass(Price);
