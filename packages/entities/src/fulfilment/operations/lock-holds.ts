import { int4, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

const holdRow = {
  id: uuid,
  orderId: uuid,
  lineId: uuid,
  variantId: uuid,
  locationId: uuid,
  quantity: int4,
  onHand: int4,
};

/** Stock that is promised to a line, and what is at its location now. */
export type Hold = RowOf<typeof holdRow>;

/**
 * The holds of orders that the caller has locked, with their stock levels locked in the order of all operations: by
 * variant and location. A level that had to be waited for is read as it is then.
 */
export const lockHolds = statement({
  params: { orderIds: uuidArray },
  row: holdRow,
  sql: `select hold.id, line.order_id as "orderId", line.id as "lineId", hold.variant_id as "variantId",
      hold.location_id as "locationId", hold.quantity, level.on_hand as "onHand"
    from order_line line
    join stock_reservation hold on hold.order_line_id = line.id and hold.status = 'held'
    join stock_level level on level.variant_id = hold.variant_id and level.location_id = hold.location_id
    where line.order_id = any (:orderIds)
    order by hold.variant_id, hold.location_id, hold.id
    for no key update of level`,
});
