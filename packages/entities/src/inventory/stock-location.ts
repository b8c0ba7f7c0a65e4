import { defineEntity, p } from '@mikro-orm/core';
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
  checks: [{ name: 'stock_location_code_check', expression: `code ~ '${slugPattern}'` }],
});

/** A warehouse, or a shop that ships. */
export class StockLocation extends StockLocationSchema.class {}
StockLocationSchema.setClass(StockLocation);
