import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { roundedQuotient } from '../../pricing/minor-units.ts';
import { bool, int4, int8, int8Sum, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

const lineRow = {
  quantity: int4,
  /** What an edit has taken off, before anything was shipped: it is credited, and no part of what is captured. */
  editedOff: int8,
  /** What is still to be shipped. */
  open: int4,
  /** What its units cost, with the line's own discounts and taxes. */
  chargeMinor: int8Sum,
  /** Shipped before the shipment, with it, and by all shipments. */
  before: int8,
  until: int8,
  shipped: int8,
};

// A tax that is a part of the prices is in the line already: the total says so.
const selectLines = statement({
  params: { orderId: uuid, shipmentId: uuid },
  row: lineRow,
  sql: `select l.quantity, coalesce(edited.quantity, 0) as "editedOff", l.quantity - l.shipped_quantity - l.cancelled_quantity as open,
      l.total_minor + coalesce(own.tax, 0) * (o.total_minor - o.subtotal_minor + o.discount_minor - o.shipping_minor <> 0)::int
        - coalesce(own.discount, 0) as "chargeMinor",
      coalesce(sum(r.quantity) filter (where r.shipment_id < :shipmentId), 0) as before,
      coalesce(sum(r.quantity) filter (where r.shipment_id <= :shipmentId), 0) as until,
      coalesce(sum(r.quantity), 0) as shipped
    from sales_order o join order_line l on l.order_id = o.id
    left join (select order_line_id, sum(amount_minor) filter (where kind = 'discount') as discount,
        sum(amount_minor) filter (where kind = 'tax') as tax
      from order_adjustment where order_id = :orderId group by order_line_id) own on own.order_line_id = l.id
    left join (select c.order_line_id, sum(c.quantity) as quantity
      from order_edit e join credit_note_line c on c.credit_note_id = e.credit_note_id
      where e.order_id = :orderId group by c.order_line_id) edited on edited.order_line_id = l.id
    left join stock_reservation r on r.order_line_id = l.id and r.status = 'consumed'
    where o.id = :orderId group by o.id, l.id, own.discount, own.tax, edited.quantity`,
});

const selectCaptured = statement({
  params: { orderId: uuid, shipmentId: uuid },
  row: { isShipment: bool, editedOffMinor: int8Sum, ownMinor: int8Sum, allMinor: int8Sum },
  sql: `select exists (select from shipment where id = :shipmentId and order_id = :orderId) as "isShipment",
      (select coalesce(sum(n.net_minor + n.tax_minor), 0) from order_edit e join credit_note n on n.id = e.credit_note_id
        where e.order_id = :orderId) as "editedOffMinor",
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
 * What is left to capture for the goods of a shipment of an order, which the caller has locked: their share of the total,
 * with discounts, taxes and shipping. Shares are rounded together, in the order of the shipments, so that those of an order
 * that is shipped whole are its total. What is cancelled has a share that nothing captures.
 *
 * @throws UserError `shipment-not-found`: not of this order
 */
export async function shipmentAmount(
  em: EntityManager,
  { orderId, totalMinor, shipmentId }: { orderId: string; totalMinor: bigint; shipmentId: string },
): Promise<ShipmentAmount> {
  const [captured] = await selectCaptured(em, { orderId, shipmentId });
  if (!captured?.isShipment) {
    throw new UserError('shipment-not-found', `Order ${orderId} has no shipment ${shipmentId}.`);
  }
  const lines = await selectLines(em, { orderId, shipmentId });
  const dueOf = (units: 'before' | 'until' | 'shipped') =>
    shareOfUnits(totalMinor - captured.editedOffMinor, lines, units);
  const availableMinor = dueOf('until') - dueOf('before') - captured.ownMinor;
  const isWhole = lines.every(({ open }) => open === 0);
  return { availableMinor, isLast: isWhole && captured.allMinor + availableMinor >= dueOf('shipped') };
}

/** The share of a total that shipped units have. */
function shareOfUnits(
  totalMinor: bigint,
  lines: RowOf<typeof lineRow>[],
  units: 'before' | 'until' | 'shipped',
): bigint {
  const left = ({ quantity, editedOff }: RowOf<typeof lineRow>) => BigInt(quantity) - editedOff;
  const charged = lines.reduce((sum, line) => sum + (left(line) > 0n ? line.chargeMinor : 0n), 0n);
  // What is free weighs by its units.
  const weight = ({ chargeMinor, quantity }: RowOf<typeof lineRow>) =>
    charged === 0n ? BigInt(quantity) : chargeMinor;
  const all = lines.reduce((sum, line) => sum + (weight(line) * left(line)) / BigInt(line.quantity), 0n);
  const part = lines.reduce((sum, line) => sum + (weight(line) * line[units]) / BigInt(line.quantity), 0n);
  return roundedQuotient(totalMinor * part, all);
}
