import { raw } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { pageCursor, type PagePosition, parsePageCursor } from '../../runtime/page-cursor.ts';
import { builtStatement } from '../../runtime/built-statement.ts';
import { int8, nullable, text, textOf, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { cursor, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { orderMachine } from '../sales-order.ts';

const listing = z.strictObject({
  customerId: z.uuid().optional(),
  status: z.enum(orderMachine.statuses).optional(),
  after: cursor.optional(),
  limit: wholeNumber(1, 1000).default(50),
});

/** Which orders {@link listOrders} lists (default all), how many a page (default 50), after the cursor `after`. */
export type OrderListing = z.input<typeof listing>;

/** An order in a list. */
export interface ListedOrder {
  id: string;
  number: bigint;
  /** Undefined: a guest's. */
  customerId: string | undefined;
  status: NonNullable<OrderListing['status']>;
  currencyCode: string;
  totalMinor: bigint;
  placedAt: Date;
}

/** A page of orders. */
export interface OrderPage {
  orders: ListedOrder[];
  /** For the next page; undefined: this is the last one. */
  next: string | undefined;
}

/** Which orders, from which position on. */
interface OrderSelection extends Pick<z.output<typeof listing>, 'customerId' | 'status' | 'limit'> {
  after?: Pick<PagePosition, 'key' | 'id'> | undefined;
}

const selectOrders = builtStatement({
  row: {
    id: uuid,
    number: int8,
    customerId: nullable(uuid),
    status: textOf<ListedOrder['status']>(),
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
    {
      customerId: '00000000-0000-7000-8000-000000000000',
      status: 'pending',
      after: { key: '2026-01-01T00:00:00Z', id: '00000000-0000-7000-8000-000000000000' },
      limit: 1,
    },
  ],
  build: ({ customerId, status, after, limit }: OrderSelection) => {
    const conditions: string[] = [];
    const parameters: unknown[] = [];
    // The orders of one customer are few.
    const isByStatus = status !== undefined && customerId === undefined;
    const where = (condition: string, ...values: unknown[]) => {
      conditions.push(condition);
      parameters.push(...values);
    };
    if (customerId !== undefined) where('o.customer_id = ?', customerId);
    if (isByStatus) where(`s.machine = 'sales_order' and s.status = ?`, status);
    else if (status !== undefined) where('o.status = ?', status);
    const position = isByStatus ? 's.at, s.id' : 'o.placed_at, o.id';
    if (after !== undefined) where(`(${position}) < (?::timestamptz, ?::uuid)`, after.key, after.id);
    return raw(
      `select o.id, o.number, o.customer_id as "customerId", o.status, o.currency_code as "currencyCode",
         o.total_minor as "totalMinor", o.placed_at as "placedAt", o.placed_at::text as key
       from sales_order o ${isByStatus ? 'join status_index s on s.id = o.id' : ''}
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by ${position.replace(',', ' desc,')} desc
       limit ?`,
      [...parameters, limit],
    );
  },
});

/**
 * Lists orders, the latest first. Every page costs the same, however deep, and orders that are placed meanwhile neither
 * repeat an order nor hide one.
 *
 * @throws UserError `invalid-input`, `invalid-cursor`
 */
export async function listOrders(em: EntityManager, input: OrderListing = {}): Promise<OrderPage> {
  const { customerId, status, after, limit } = parseInput(listing, input);
  const rows = await selectOrders(em, {
    customerId,
    status,
    after: after === undefined ? undefined : parsePageCursor(after, { placed: 'time' }),
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    orders: page.map(({ key: _key, ...order }) => ({ ...order, customerId: order.customerId ?? undefined })),
    next:
      rows.length > limit && last ? pageCursor({ order: 'placed', key: last.key, id: last.id }) : undefined,
  };
}
