import { defineEntity, p } from '@mikro-orm/core';
import { ProductVariant } from '../catalog/product.ts';
import { StockLocation } from './stock-location.ts';

const StockLevelSchema = defineEntity({
  name: 'StockLevel',
  tableName: 'stock_level',
  properties: {
    variant: () => p.manyToOne(ProductVariant).primary().deleteRule('no action').updateRule('no action'),
    location: () =>
      p
        .manyToOne(StockLocation)
        .primary()
        .deleteRule('no action')
        .updateRule('no action')
        .index('stock_level_location_id_index'),
    /** The sum of the movements. */
    onHand: p.integer().default(0),
    /** The sum of the held reservations. */
    reserved: p.integer().default(0),
    /** How many units may be sold that are not in stock. */
    backorderLimit: p.integer().default(0),
  },
  checks: [
    { name: 'stock_level_on_hand_check', expression: 'on_hand >= 0' },
    { name: 'stock_level_backorder_limit_check', expression: 'backorder_limit >= 0' },
    {
      name: 'stock_level_reserved_check',
      expression: 'reserved >= 0 and reserved <= on_hand + backorder_limit',
    },
  ],
});

/** How many units of a variant are at a location, and how many of them are reserved. */
export class StockLevel extends StockLevelSchema.class {}
StockLevelSchema.setClass(StockLevel);
