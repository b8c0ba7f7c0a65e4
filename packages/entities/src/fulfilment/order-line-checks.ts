import { noRows, query, rowCheck, table, type Check } from '@ecommerce-dms/validator';

/** One row an order line, with its holds and what the stock ledger says of them. */
const lines = query({
  name: 'order lines',
  key: ['id'],
  sql: `select l.id, l.order_id, o.status, l.shipped_quantity, l.returned_quantity,
      l.quantity - l.shipped_quantity - l.cancelled_quantity as open,
      coalesce(stock.is_its_variant, true) as is_its_variant, coalesce(stock.is_endless, false) as is_endless,
      coalesce(stock.held, 0) as held, coalesce(stock.consumed, 0) as consumed,
      coalesce(stock.outbound, 0) as outbound, coalesce(stock.restocked, 0) as restocked
    from order_line l join sales_order o on o.id = l.order_id
    left join (select r.order_line_id, sum(r.quantity) filter (where r.status = 'held') as held,
        sum(r.quantity) filter (where r.status = 'consumed') as consumed,
        bool_and(r.variant_id = of_line.variant_id) as is_its_variant,
        bool_or(r.status = 'held' and r.expires_at is null) as is_endless,
        sum(m.outbound) as outbound, sum(m.restocked) as restocked
      from stock_reservation r join order_line of_line on of_line.id = r.order_line_id
      left join (select reservation_id, -sum(quantity) filter (where kind = 'shipment') as outbound,
          sum(quantity) filter (where kind = 'return') as restocked
        from stock_movement where reservation_id is not null group by reservation_id) m on m.reservation_id = r.id
      group by r.order_line_id) stock on stock.order_line_id = l.id`,
});

/** Invariant 7, and the stock of invariant 4. */
export function orderLineChecks(): Check[] {
  return [
    rowCheck({
      id: 'order-line.held',
      description: 'What is left to ship of a line is held for it.',
      on: lines,
      that: `status = 'cancelled' or held = open`,
      show: ['order_id', 'status', 'open', 'held'],
      fix: 'Find what ended the holds; then hold stock for the line again, as superuser, or cancel its units.',
    }),
    rowCheck({
      id: 'order-line.shipped',
      description: 'What was shipped of a line is the sum of its consumed holds.',
      on: lines,
      that: 'shipped_quantity = consumed',
      show: ['order_id', 'shipped_quantity', 'consumed'],
      fix: 'Compare the shipments with what left the warehouse; then correct the one that is wrong.',
    }),
    rowCheck({
      id: 'order-line.outbound',
      description: 'What was shipped of a line left the stock according to the ledger.',
      on: lines,
      that: 'shipped_quantity = outbound',
      show: ['order_id', 'shipped_quantity', 'outbound'],
      fix: 'Append the missing movement, or one that reverses a wrong one.',
    }),
    rowCheck({
      id: 'order-line.restocked',
      description: 'No more came back into the stock than was returned.',
      on: lines,
      that: 'restocked <= returned_quantity',
      show: ['order_id', 'returned_quantity', 'restocked'],
      fix: 'Correct the returned quantity, or reverse the movement with an adjustment.',
    }),
    rowCheck({
      id: 'order-line.quantities',
      description:
        'Shipped and cancelled units do not exceed those ordered, nor returned ones those shipped.',
      on: table('order_line'),
      that: 'shipped_quantity + cancelled_quantity <= quantity and returned_quantity <= shipped_quantity',
      show: ['order_id', 'quantity', 'shipped_quantity', 'cancelled_quantity', 'returned_quantity'],
      fix: 'Compare with the shipments and returns of the order.',
    }),
    rowCheck({
      id: 'order-line.hold-variant',
      description: 'What is held or was shipped for a line is its own variant.',
      on: lines,
      that: 'is_its_variant',
      show: ['order_id', 'status'],
      fix: 'Compare with what was ordered; then hold its variant, and release the other, as superuser.',
    }),
    rowCheck({
      id: 'order.pending-holds',
      description: 'The holds of an order that is not paid have an end.',
      on: lines,
      that: `status <> 'pending' or not is_endless`,
      show: ['order_id', 'held'],
      fix: 'Give the holds an expiry; expireHolds then cancels the order, unless it is paid.',
    }),
    noRows({
      id: 'shipment.goods',
      description: 'What has left is goods: a shipment has consumed holds.',
      sql: `select s.id, s.order_id, s.status from shipment s
        left join (select distinct shipment_id from stock_reservation where status = 'consumed') r on r.shipment_id = s.id
        where s.status in ('shipped', 'delivered', 'returned') and r.shipment_id is null`,
      key: ['id'],
      show: ['order_id', 'status'],
      fix: 'Compare with what left the warehouse; then ship it, or cancel the shipment as superuser.',
    }),
    rowCheck({
      id: 'order.cancelled-holds',
      description: 'A cancelled order holds no stock.',
      on: lines,
      that: `status <> 'cancelled' or held = 0`,
      show: ['order_id', 'held'],
      fix: 'Release the holds of the order: set their status, and reduce reserved of their stock levels.',
    }),
  ];
}
