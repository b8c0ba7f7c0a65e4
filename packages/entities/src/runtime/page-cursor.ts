import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { name, textUpTo } from '../bounds.ts';

/** Where a page ended: the sort key of its last row, as PostgreSQL writes it, and its id. */
export interface PagePosition {
  /** What the pages are sorted by; a cursor of another order is refused. */
  order: string;
  key: string;
  id: string;
}

/** The sort keys that a list can have, as PostgreSQL writes them in UTC: what else a cursor has, it never was given. */
const keys = {
  time: textUpTo(40).refine(isTime),
  amount: textUpTo(19).refine((key) => /^\d+$/.test(key) && BigInt(key) < 2n ** 63n),
  rank: textUpTo(40).refine(isRank),
} as const;

/** What the pages of an order are sorted by. */
export type PageKey = keyof typeof keys;

const position = z.tuple([name, textUpTo(40), z.uuid()]);

function isTime(key: string): boolean {
  const [, date, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\+00$/.exec(key) ?? [];
  const at = new Date(`${date}T${time}Z`);
  // A 30th of February would be the 2nd of March.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${date}T${time}`);
}

function isRank(key: string): boolean {
  const isNumber = /^\d+(\.\d+)?(e[+-]\d+)?$/.test(key);
  return isNumber && Number.isFinite(Number(key)) && (key === '0' || Number(key) > 0);
}

/** The cursor of a position, for the client to return. */
export function pageCursor({ order, key, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([order, key, id])).toString('base64url');
}

/**
 * The position of a cursor.
 *
 * @param orders the orders that it can be of, and what their pages are sorted by
 *
 * @throws UserError `invalid-cursor`: it is not a cursor, or one of another order
 */
export function parsePageCursor(cursor: string, orders: Readonly<Record<string, PageKey>>): PagePosition {
  try {
    const [order, key, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    const kind = Object.hasOwn(orders, order) ? orders[order] : undefined;
    if (kind !== undefined) return { order, key: keys[kind].parse(key), id };
  } catch {
    // Reported below.
  }
  throw new UserError('invalid-cursor', 'The cursor is not one of this list in this order.', {
    hint: 'Begin with the first page, without a cursor.',
  });
}
