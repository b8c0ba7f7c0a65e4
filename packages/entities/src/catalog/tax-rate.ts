import { defineEntity, p } from '@mikro-orm/core';
import { maxLength, maxRatePpm } from '../bounds.ts';
import { countryCode, createdAt, id, validity } from '../columns.ts';
import { lengthCheck } from '../length-check.ts';
import { standardTaxClass } from '../pricing/tax-by-region.ts';
import { taxClassCheck } from './tax-class.ts';

const TaxRateRowSchema = defineEntity({
  name: 'TaxRateRow',
  tableName: 'tax_rate',
  properties: {
    id,
    taxClass: p.text().default(standardTaxClass),
    countryCode,
    region: p.text().nullable().comment('As in addresses; null: of the whole country.'),
    code: p.text().comment('The tax, and not its rate: another code is another tax beside it.'),
    ratePpm: p.integer().comment('Millionths of the price before tax: 190000 is 19 %.'),
    taxesShipping: p.boolean().default(true),
    valid: validity(),
    createdAt,
  },
  checks: [
    lengthCheck('tax_rate', { code: maxLength.line, region: maxLength.line }),
    taxClassCheck('tax_rate'),
    { name: 'tax_rate_country_code_check', expression: `country_code ~ '^[A-Z]{2}$'` },
    { name: 'tax_rate_code_check', expression: `code <> '' and region <> ''` },
    { name: 'tax_rate_rate_ppm_check', expression: `rate_ppm >= 0 and rate_ppm <= ${maxRatePpm}` },
    { name: 'tax_rate_valid_check', expression: 'not isempty(valid) and not lower_inf(valid)' },
    {
      name: 'tax_rate_no_overlap',
      expression: `exclude using gist (tax_class with =, country_code with =, coalesce(region, '') with =, code with =, valid with &&)`,
    },
  ],
});

/** A rate of a tax while it is valid, for the variants of a class that go to a country, or to a region of it. */
export class TaxRateRow extends TaxRateRowSchema.class {}
TaxRateRowSchema.setClass(TaxRateRow);
