import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { QuantityExceeded } from './fulfilment-errors.ts';

/** Units of lines, a line once. */
export const lineQuantities = z
  .array(z.strictObject({ lineId: z.uuid(), quantity: z.int().positive() }))
  .min(1)
  .refine(
    (lines) => new Set(lines.map((line) => line.lineId)).size === lines.length,
    'a line is there twice',
  );

/** Units of a line. */
export type LineQuantity = z.output<typeof lineQuantities>[number];

/** What became of a line so far. */
export interface LineState {
  lineId: string;
  quantity: number;
  shipped: number;
  cancelled: number;
  returned: number;
  unitPriceMinor: string;
}

/** The lines of an order that the caller has locked, in their order. */
export async function readLines(em: EntityManager, orderId: string): Promise<LineState[]> {
  return await em.execute<LineState[]>(
    `select id as "lineId", quantity, shipped_quantity as shipped, cancelled_quantity as cancelled,
       returned_quantity as returned, unit_price_minor as "unitPriceMinor"
     from order_line where order_id = ? order by position`,
    [orderId],
  );
}

/**
 * Refuses more units than `available` says.
 *
 * @throws QuantityExceeded with every line of which there are too many
 */
export function refuseExcess(
  what: 'ship' | 'cancel' | 'return',
  requested: readonly LineQuantity[],
  available: ReadonlyMap<string, number>,
): void {
  const excess = requested
    .map(({ lineId, quantity }) => ({ lineId, requested: quantity, available: available.get(lineId) ?? 0 }))
    .filter((line) => line.requested > line.available);
  if (excess.length > 0) throw new QuantityExceeded(what, excess);
}

/** Adds units to a counter of lines. */
export async function countUnits(
  em: EntityManager,
  counter: 'shipped_quantity' | 'cancelled_quantity' | 'returned_quantity',
  lines: readonly LineQuantity[],
): Promise<void> {
  await em.execute(
    `update order_line line set ${counter} = line.${counter} + r.quantity
     from jsonb_to_recordset(?::jsonb) as r ("lineId" uuid, quantity integer) where line.id = r."lineId"`,
    [JSON.stringify(lines)],
  );
}
