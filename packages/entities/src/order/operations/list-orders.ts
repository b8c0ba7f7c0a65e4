import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { pageCursor, parsePageCursor } from '../../runtime/page-cursor.ts';
import { parseInput } from '../../parse-input.ts';

const listing = z.strictObject({
  customerId: z.uuid().optional(),
  status: z
    .enum(['pending', 'confirmed', 'partially_shipped', 'shipped', 'completed', 'cancelled', 'returned'])
    .optional(),
  after: z.string().optional(),
  limit: z.int().min(1).max(1000).default(50),
});

/** Which orders {@link listOrders} lists: all unless told, 50 a page unless told, after the cursor `after`. */
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

/**
 * Lists orders, the last one first. Each page costs the same, however deep, and orders that are placed meanwhile
 * neither repeat nor hide one.
 *
 * @throws UserError `bad-input`, `bad-cursor`
 */
export async function listOrders(em: EntityManager, input: OrderListing = {}): Promise<OrderPage> {
  const { customerId, status, after, limit } = parseInput(listing, input);
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  const where = (condition: string, ...values: unknown[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (customerId !== undefined) where('customer_id = ?', customerId);
  if (status !== undefined) where('status = ?', status);
  if (after !== undefined) {
    const { key, id } = parsePageCursor(after, ['placed']);
    where('(placed_at, id) < (?::timestamptz, ?::uuid)', key, id);
  }
  type Row = Omit<ListedOrder, 'number' | 'totalMinor' | 'placedAt' | 'customerId'> & {
    number: string;
    total: string;
    customerId: string | null;
    placedAt: string;
    key: string;
  };
  const rows = await em.execute<Row[]>(
    `select id, number, customer_id as "customerId", status, currency_code as "currencyCode", total_minor as total,
       placed_at as "placedAt", placed_at::text as key
     from sales_order ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
     order by placed_at desc, id desc
     limit ?`,
    [...parameters, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    orders: page.map(({ id, number, customerId, status, currencyCode, total, placedAt }) => ({
      id,
      number: BigInt(number),
      customerId: customerId ?? undefined,
      status,
      currencyCode,
      totalMinor: BigInt(total),
      placedAt: new Date(placedAt),
    })),
    next:
      rows.length > limit && last ? pageCursor({ order: 'placed', key: last.key, id: last.id }) : undefined,
  };
}
