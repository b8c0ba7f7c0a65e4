import { hold, id, variant } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

const levelOf = (variantId: string) => `where variant_id = '${variantId}'`;

/** Invariant 1: stock levels. */
export const stockCorruptions: Corruption[] = [
  {
    what: 'reserved without a hold',
    sql: `update stock_level set reserved = reserved + 1 ${levelOf(variant.tee)}`,
    findings: ['inventory.reserved'],
  },
  {
    what: 'a hold that changed',
    sql: `update stock_reservation set quantity = 2 where id = '${hold.pending}'`,
    findings: ['inventory.reserved', 'order-line.held'],
  },
  {
    what: 'a hold that is lost',
    sql: `delete from stock_reservation where id = '${hold.pending}'`,
    findings: ['inventory.reserved', 'order-line.held'],
  },
  {
    what: 'a hold that was released although its order is to be shipped',
    sql: `update stock_reservation set status = 'released' where id = '${hold.pending}';
     update stock_level set reserved = reserved - 1 ${levelOf(variant.tee)}`,
    findings: ['order-line.held'],
  },
  {
    what: 'stock without a ledger row',
    sql: `update stock_level set on_hand = on_hand + 1 ${levelOf(variant.coat)}`,
    findings: ['inventory.on-hand'],
  },
  {
    what: 'a ledger row that is lost',
    sql: `delete from stock_movement where kind = 'adjustment'`,
    findings: ['inventory.on-hand'],
  },
  {
    what: 'half of a transfer',
    sql: `insert into stock_movement (variant_id, location_id, kind, quantity, transfer_id)
       values ('${variant.coat}', '${id(41)}', 'transfer', -1, gen_random_uuid());
     update stock_level set on_hand = on_hand - 1 ${levelOf(variant.coat)}`,
    findings: ['inventory.transfer'],
  },
  {
    what: 'holds at a location that was deactivated',
    sql: `update stock_location set active = false`,
    findings: ['inventory.inactive-location'],
  },
  {
    what: 'an oversell',
    sql: `alter table stock_level drop constraint stock_level_reserved_check;
     update stock_level set reserved = 100 ${levelOf(variant.tee)}`,
    findings: ['inventory.oversell', 'inventory.reserved'],
  },
];
