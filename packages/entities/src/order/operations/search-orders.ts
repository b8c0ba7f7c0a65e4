import { raw } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { pageCursor, type PagePosition, parsePageCursor } from '../../runtime/page-cursor.ts';
import { builtStatement } from '../../runtime/built-statement.ts';
import { int8, nullable, text, textOf, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { cursor, email, instant, ledgerId, sku, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { orderMachine } from '../sales-order.ts';

const search = z.strictObject({
  number: ledgerId.optional(),
  customerId: z.uuid().optional(),
  email: email.optional(),
  sku: sku.optional(),
  status: z.enum(orderMachine.statuses).optional(),
  placedFrom: instant.optional(),
  placedUntil: instant.optional(),
  after: cursor.optional(),
  limit: wholeNumber(1, 1000).default(50),
});

/**
 * Which orders {@link searchOrders} finds: those that meet all criteria (default all orders). `email` is that of the order,
 * in any case; `sku` that of one of its lines when it was placed; `placedFrom` is included, `placedUntil` is not. A page has
 * `limit` (default 50, at most 1000), after the cursor `after`.
 */
export type OrderSearch = z.input<typeof search>;

/** An order that was found. */
export interface FoundOrder {
  id: string;
  number: bigint;
  /** Undefined: a guest's. */
  customerId: string | undefined;
  /** Undefined: its buyer was erased. */
  email: string | undefined;
  status: NonNullable<OrderSearch['status']>;
  currencyCode: string;
  totalMinor: bigint;
  placedAt: Date;
}

/** A page of orders. */
export interface OrderPage {
  orders: FoundOrder[];
  /** For the next page; undefined: this is the last one. */
  next: string | undefined;
}

/** Which orders, from which position on. */
interface OrderSelection extends Omit<z.output<typeof search>, 'after'> {
  after?: Pick<PagePosition, 'key' | 'id'> | undefined;
}

const selectOrders = builtStatement({
  row: {
    id: uuid,
    number: int8,
    customerId: nullable(uuid),
    email: nullable(text),
    status: textOf<FoundOrder['status']>(),
    currencyCode: text,
    totalMinor: int8,
    placedAt: timestamptz,
    key: text,
  },
  examples: [
    { limit: 1 },
    {
      status: 'pending',
      after: { key: '2026-01-01T00:00:00Z', id: '00000000-0000-7000-8000-000000000000' },
      limit: 1,
    },
    { sku: 'TEE-S', status: 'pending', limit: 1 },
    {
      number: 1n,
      customerId: '00000000-0000-7000-8000-000000000000',
      email: 'ann@example.com',
      sku: 'TEE-S',
      placedFrom: new Date(0),
      placedUntil: new Date(0),
      status: 'pending',
      after: { key: '2026-01-01T00:00:00Z', id: '00000000-0000-7000-8000-000000000000' },
      limit: 1,
    },
  ],
  build: ({
    number,
    customerId,
    email,
    sku,
    status,
    placedFrom,
    placedUntil,
    after,
    limit,
  }: OrderSelection) => {
    const conditions: string[] = [];
    const parameters: unknown[] = [];
    // The orders of one customer or address are few.
    const isByStatus =
      status !== undefined && customerId === undefined && email === undefined && number === undefined;
    const where = (condition: string, ...values: unknown[]) => {
      conditions.push(condition);
      parameters.push(...values);
    };
    if (number !== undefined) where('o.number = ?', number);
    if (customerId !== undefined) where('o.customer_id = ?', customerId);
    if (email !== undefined) where('lower(o.email) = lower(?)', email);
    if (sku !== undefined) {
      where('exists (select from order_line l where l.order_id = o.id and l.sku = ?)', sku);
    }
    if (isByStatus) where(`s.machine = 'sales_order' and s.status = ?`, status);
    else if (status !== undefined) where('o.status = ?', status);
    const placedAt = isByStatus ? 's.at' : 'o.placed_at';
    if (placedFrom !== undefined) where(`${placedAt} >= ?`, placedFrom);
    if (placedUntil !== undefined) where(`${placedAt} < ?`, placedUntil);
    // Of one SKU, an order leads to its row, too; else the second condition would let the planner expect few orders.
    const byStatus = `join status_index s on s.id = o.id${sku === undefined ? '' : ' and s.at = o.placed_at'}`;
    const position = isByStatus ? 's.at, s.id' : 'o.placed_at, o.id';
    if (after !== undefined) where(`(${position}) < (?::timestamptz, ?::uuid)`, after.key, after.id);
    return raw(
      `select o.id, o.number, o.customer_id as "customerId", o.email, o.status, o.currency_code as "currencyCode",
         o.total_minor as "totalMinor", o.placed_at as "placedAt", o.placed_at::text as key
       from sales_order o ${isByStatus ? byStatus : ''}
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by ${position.replace(',', ' desc,')} desc
       limit ?`,
      [...parameters, limit],
    );
  },
});

/**
 * Finds orders, the latest first: an index leads to them by each criterion, and it counts none. A page of all orders, of a
 * customer or of a status costs the same, however deep, and orders that are placed meanwhile neither repeat an order nor
 * hide one. It only reads, so it may run on a replica, by `onReader`.
 *
 * @throws UserError `invalid-input`, `invalid-cursor`
 */
export async function searchOrders(em: EntityManager, input: OrderSearch = {}): Promise<OrderPage> {
  const { after, limit, ...criteria } = parseInput(search, input);
  const rows = await selectOrders(em, {
    ...criteria,
    after: after === undefined ? undefined : parsePageCursor(after, { placed: 'time' }),
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    orders: page.map(({ key: _key, ...order }) => ({
      ...order,
      customerId: order.customerId ?? undefined,
      email: order.email ?? undefined,
    })),
    next:
      rows.length > limit && last ? pageCursor({ order: 'placed', key: last.key, id: last.id }) : undefined,
  };
}
