import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { slugPattern } from '../catalog/slug.ts';
import { createdAt, id } from '../columns.ts';

const StockLocationSchema = defineEntity({
  name: 'StockLocation',
  tableName: 'stock_location',
  properties: {
    id,
    code: p.text().unique('stock_location_code_unique'),
    name: p.text(),
    active: p.boolean().default(true),
    createdAt,
  },
  checks: [
    lengthCheck('stock_location', { code: maxLength.line, name: maxLength.line }),
    { name: 'stock_location_code_check', expression: `code ~ '${slugPattern}'` },
  ],
});

/** A warehouse, or a shop that ships. */
export class StockLocation extends StockLocationSchema.class {}
StockLocationSchema.setClass(StockLocation);
