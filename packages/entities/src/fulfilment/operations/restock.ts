import type { EntityManager } from '@mikro-orm/postgresql';

interface Consumed {
  id: string;
  lineId: string;
  variantId: string;
  locationId: string;
  /** Units that left and have not come back. */
  out: number;
}

/** Puts units of lines, whose order is locked, back where they left, newest first, with a row of the ledger each. */
export async function restock(
  em: EntityManager,
  lines: readonly { lineId: string; quantity: number }[],
): Promise<void> {
  const consumed = await em.execute<Consumed[]>(
    `select hold.id, hold.order_line_id as "lineId", hold.variant_id as "variantId",
       hold.location_id as "locationId", hold.quantity - coalesce((
         select sum(quantity) from stock_movement back where back.reservation_id = hold.id and back.kind = 'return'),
         0)::integer as out
     from stock_reservation hold
     join stock_level level on level.variant_id = hold.variant_id and level.location_id = hold.location_id
     where hold.status = 'consumed' and hold.order_line_id in (
       select "lineId" from jsonb_to_recordset(?::jsonb) as r ("lineId" uuid))
     order by hold.variant_id, hold.location_id, hold.id desc
     for no key update of level`,
    [JSON.stringify(lines)],
  );
  const movements: { id: string; quantity: number }[] = [];
  for (const { lineId, quantity } of lines) {
    let missing = quantity;
    for (const hold of consumed.filter((hold) => hold.lineId === lineId)) {
      const units = Math.min(missing, hold.out);
      if (units > 0) movements.push({ id: hold.id, quantity: units });
      missing -= units;
    }
  }
  await em.execute(
    `with back as (
       select r.id, r.quantity, hold.variant_id, hold.location_id
       from jsonb_to_recordset(?::jsonb) as r (id uuid, quantity integer)
       join stock_reservation hold on hold.id = r.id),
     movements as (
       insert into stock_movement (variant_id, location_id, kind, quantity, reservation_id)
       select variant_id, location_id, 'return', quantity, id from back)
     update stock_level level set on_hand = level.on_hand + sums.quantity
     from (select variant_id, location_id, sum(quantity)::integer as quantity from back
       group by variant_id, location_id) sums
     where level.variant_id = sums.variant_id and level.location_id = sums.location_id`,
    [JSON.stringify(movements)],
  );
}
