import { noRows, query, rowCheck, table, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

const levels = query({
  name: 'stock levels',
  key: ['variant_id', 'location_id'],
  sql: `select variant_id, location_id, l.on_hand, l.reserved,
      coalesce(h.quantity, 0) as held, coalesce(m.quantity, 0) as moved
    from stock_level l
    left join (select variant_id, location_id, sum(quantity) as quantity from stock_reservation
      where status = 'held' group by variant_id, location_id) h using (variant_id, location_id)
    left join (select variant_id, location_id, sum(quantity) as quantity from stock_movement
      group by variant_id, location_id) m using (variant_id, location_id)`,
});

/** Invariant 1, and the holds of invariant 8. */
export function inventoryChecks(holdGraceMs: number): Check[] {
  return [
    rowCheck({
      id: 'inventory.reserved',
      description: 'The reserved units of a stock level are the sum of its holds.',
      on: levels,
      that: 'reserved = held',
      show: ['reserved', 'held'],
      fix: 'Find the program that changed one without the other; then set reserved to the sum of the holds.',
    }),
    rowCheck({
      id: 'inventory.on-hand',
      description: 'What is on hand is the sum of the stock ledger.',
      on: levels,
      that: 'on_hand = moved',
      show: ['on_hand', 'moved'],
      fix: 'Count the stock; then append an adjustment to stock_movement, or correct on_hand.',
    }),
    rowCheck({
      id: 'inventory.oversell',
      description: 'No more is reserved than is on hand or may be backordered.',
      on: table('stock_level'),
      that: 'reserved <= on_hand + backorder_limit',
      show: ['reserved', 'on_hand', 'backorder_limit'],
      fix: 'Buy or move stock, or cancel orders that it does not cover.',
    }),
    noRows({
      id: 'inventory.transfer',
      description: 'What leaves a location by a transfer arrives at another.',
      sql: `select transfer_id as id, variant_id, sum(quantity) as difference from stock_movement
        where transfer_id is not null group by transfer_id, variant_id having sum(quantity) <> 0`,
      key: ['id', 'variant_id'],
      show: ['difference'],
      fix: 'Count the stock of both locations, and correct it (adjustStock).',
    }),
    noRows({
      id: 'inventory.inactive-location',
      description: 'Nothing is reserved at a location that is not active.',
      // A checkout that is under way while it is deactivated may reserve there.
      severity: 'warning',
      sql: `select level.variant_id, level.location_id, location.code, level.reserved
        from stock_level level join stock_location location on location.id = level.location_id
        where not location.active and level.reserved > 0`,
      key: ['variant_id', 'location_id'],
      show: ['code', 'reserved'],
      fix: 'Ship it from there, or move it to another location (moveHold).',
    }),
    noRows({
      id: 'inventory.expired-hold',
      description: 'No hold outlives its expiry.',
      severity: 'warning',
      sql: `select id, order_line_id, expires_at from stock_reservation
        where status = 'held' and expires_at < ${ago(holdGraceMs)}`,
      key: ['id'],
      show: ['order_line_id', 'expires_at'],
      fix: 'Run expireHolds, and find out why it did not run.',
    }),
  ];
}
