import type { EntityManager } from '@mikro-orm/postgresql';
import { emitEvent } from '../../runtime/emit-event.ts';
import { int4, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import type { LockedOrder } from '../../order/operations/lock-order.ts';

const fulfilmentRow = { open: int4, shipped: int4, returned: int4, undelivered: int4 };
type Fulfilment = RowOf<typeof fulfilmentRow>;

const selectFulfilment = statement({
  params: { orderId: uuid },
  row: fulfilmentRow,
  sql: `select sum(quantity - shipped_quantity - cancelled_quantity)::integer as open,
      sum(shipped_quantity)::integer as shipped, sum(returned_quantity)::integer as returned,
      (select count(*)::integer from shipment
       where order_id = :orderId and status in ('pending', 'shipped')) as undelivered
    from order_line where order_id = :orderId`,
});

const setStatus = statement({
  params: { orderId: uuid, status: text },
  row: {},
  sql: 'update sales_order set status = :status where id = :orderId',
});

const returnShipments = statement({
  params: { orderId: uuid },
  row: {},
  sql: `update shipment set status = 'returned' where order_id = :orderId and status in ('shipped', 'delivered')`,
});

/**
 * Moves a locked order to the status that its lines and shipments have reached, one legal step after the other. The
 * shipments of an order that becomes `returned` do, too.
 *
 * @returns its status
 */
export async function advanceOrder(em: EntityManager, order: LockedOrder): Promise<string> {
  const [fulfilment] = await selectFulfilment(em, { orderId: order.id });
  if (fulfilment === undefined) return order.status;
  let { status } = order;
  for (const next of stepsTo(status, fulfilment)) {
    await setStatus(em, { orderId: order.id, status: next });
    await emitEvent(em, `order.${next}`, order.id, {});
    status = next;
  }
  if (status === 'returned' && order.status !== 'returned') await returnShipments(em, { orderId: order.id });
  return status;
}

function stepsTo(status: string, { open, shipped, returned, undelivered }: Fulfilment): string[] {
  const isActive = status === 'confirmed' || status === 'partially_shipped';
  if (shipped === 0) return open === 0 && isActive ? ['cancelled'] : [];
  if (open > 0) return status === 'confirmed' ? ['partially_shipped'] : [];
  const steps = isActive ? ['shipped'] : [];
  if (returned === shipped) return status === 'returned' ? steps : [...steps, 'returned'];
  if (undelivered === 0 && status !== 'completed' && status !== 'returned') steps.push('completed');
  return steps;
}
