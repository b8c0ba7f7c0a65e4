import type { EntityManager } from '@mikro-orm/postgresql';

/** Stock that is promised to a line, and what is at its location now. */
export interface Hold {
  id: string;
  orderId: string;
  lineId: string;
  variantId: string;
  locationId: string;
  quantity: number;
  onHand: number;
}

/**
 * The holds of orders that the caller has locked, with their stock levels locked in the order of all operations: by
 * variant and location. A level that had to be waited for is read as it is then.
 */
export async function lockHolds(em: EntityManager, orderIds: readonly string[]): Promise<Hold[]> {
  return await em.execute<Hold[]>(
    `select hold.id, line.order_id as "orderId", line.id as "lineId", hold.variant_id as "variantId",
       hold.location_id as "locationId", hold.quantity, level.on_hand as "onHand"
     from order_line line
     join stock_reservation hold on hold.order_line_id = line.id and hold.status = 'held'
     join stock_level level on level.variant_id = hold.variant_id and level.location_id = hold.location_id
     where line.order_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))
     order by hold.variant_id, hold.location_id, hold.id
     for no key update of level`,
    [JSON.stringify(orderIds)],
  );
}
