import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { readCharged } from '../../order/operations/read-charged.ts';
import { nextShare } from '../../pricing/charged-parts.ts';
import { roundedQuotient } from '../../pricing/minor-units.ts';
import { bool, int4, int8, int8Sum, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

const lineRow = {
  lineId: uuid,
  quantity: int4,
  cancelled: int4,
  /** What is still to be shipped. */
  open: int4,
  /** What its units cost, with the line's own discounts and taxes. */
  chargeMinor: int8Sum,
  /** Shipped before the shipment, with it, and by others of which nothing was captured. */
  before: int8,
  until: int8,
  uncaptured: int8,
};

const selectLines = statement({
  params: { orderId: uuid, shipmentId: uuid },
  row: lineRow,
  sql: `select l.id as "lineId", l.quantity, l.cancelled_quantity as cancelled,
      l.quantity - l.shipped_quantity - l.cancelled_quantity as open,
      l.total_minor + case when o.tax_included then 0 else coalesce(own.tax, 0) end - coalesce(own.discount, 0)
        as "chargeMinor",
      coalesce(sum(r.quantity) filter (where r.shipment_id < :shipmentId), 0) as before,
      coalesce(sum(r.quantity) filter (where r.shipment_id <= :shipmentId), 0) as until,
      coalesce(sum(r.quantity) filter (where r.shipment_id <> :shipmentId and not exists (
        select from payment_transaction t where t.shipment_id = r.shipment_id and t.kind = 'capture'
          and t.status <> 'failed')), 0) as uncaptured
    from sales_order o join order_line l on l.order_id = o.id
    left join (select order_line_id, sum(amount_minor) filter (where kind = 'discount') as discount,
        sum(amount_minor) filter (where kind = 'tax') as tax
      from order_adjustment where order_id = :orderId group by order_line_id) own on own.order_line_id = l.id
    left join stock_reservation r on r.order_line_id = l.id and r.status = 'consumed'
    where o.id = :orderId group by o.id, l.id, own.discount, own.tax`,
});

const selectCaptured = statement({
  params: { orderId: uuid, shipmentId: uuid },
  row: { isShipment: bool, ownMinor: int8Sum, allMinor: int8Sum },
  sql: `select exists (select from shipment where id = :shipmentId and order_id = :orderId) as "isShipment",
      coalesce(sum(coalesce(t.settled_minor, t.amount_minor)) filter (where t.shipment_id = :shipmentId), 0) as "ownMinor",
      coalesce(sum(coalesce(t.settled_minor, t.amount_minor)), 0) as "allMinor"
    from payment p join payment_transaction t on t.payment_id = p.id
    where p.order_id = :orderId and t.kind = 'capture' and t.status <> 'failed' and t.shipment_id is not null`,
});

/** What is left to capture for the goods of a shipment. */
export interface ShipmentAmount {
  availableMinor: bigint;
  /** Whether nothing of the order is to be captured for a shipment after that: by another one, or by one to come. */
  isLast: boolean;
}

/**
 * What is left to capture for the goods of a shipment of an order, which the caller has locked: their share of what the
 * order costs, with discounts, taxes and shipping. Shares are rounded together, in the order of the shipments. The one that
 * is captured last takes what the others have left: they may have been captured before something was cancelled or
 * credited, and all together are what the order costs.
 *
 * @throws UserError `shipment-not-found`: not of this order
 */
export async function shipmentAmount(
  em: EntityManager,
  { orderId, shipmentId }: { orderId: string; shipmentId: string },
): Promise<ShipmentAmount> {
  const [captured] = await selectCaptured(em, { orderId, shipmentId });
  if (!captured?.isShipment) {
    throw new UserError('shipment-not-found', `Order ${orderId} has no shipment ${shipmentId}.`);
  }
  const lines = await selectLines(em, { orderId, shipmentId });
  const costMinor = await costOf(em, orderId, lines);
  const weightOf = weigh(lines);
  const dueOf = (units: 'before' | 'until') =>
    roundedQuotient(costMinor * weightOf((line) => line[units]), weightOf(kept));
  const shareMinor = dueOf('until') - dueOf('before') - captured.ownMinor;
  const restMinor = costMinor - captured.allMinor;
  const isWhole = lines.every(({ open }) => open === 0);
  const isLast = isWhole && (weightOf((line) => line.uncaptured) === 0n || shareMinor >= restMinor);
  return { availableMinor: isLast ? restMinor : shareMinor, isLast };
}

type Line = RowOf<typeof lineRow>;

const kept = ({ quantity, cancelled }: Line) => BigInt(quantity - cancelled);

/** What an order costs, less what was cancelled of it and not credited yet. */
async function costOf(em: EntityManager, orderId: string, lines: readonly Line[]): Promise<bigint> {
  const { totalMinor, creditedMinor, lines: charged } = await readCharged(em, orderId);
  return charged.reduce((cost, line) => {
    const { cancelled = 0 } = lines.find(({ lineId }) => lineId === line.lineId) ?? {};
    if (cancelled <= line.creditedQuantity) return cost;
    const upTo = { upTo: BigInt(cancelled), of: BigInt(line.quantity) };
    return cost - nextShare(line.charged, line.credited, upTo).grossMinor;
  }, totalMinor - creditedMinor);
}

/** The weight of units of all lines: what they were charged. What is free weighs by its units. */
function weigh(lines: readonly Line[]): (unitsOf: (line: Line) => bigint) => bigint {
  const weightBy = (ofAll: (line: Line) => bigint) => (unitsOf: (line: Line) => bigint) =>
    lines.reduce((sum, line) => sum + (ofAll(line) * unitsOf(line)) / BigInt(line.quantity), 0n);
  const byCharge = weightBy(({ chargeMinor }) => chargeMinor);
  return byCharge(kept) > 0n ? byCharge : weightBy(({ quantity }) => BigInt(quantity));
}
