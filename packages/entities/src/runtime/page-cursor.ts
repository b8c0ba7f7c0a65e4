import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';

/** Where a page ended: the sort key of its last row, as PostgreSQL writes it, and its id. */
export interface PagePosition {
  /** What the pages are sorted by; a cursor of another order is refused. */
  order: string;
  key: string;
  id: string;
}

const position = z.tuple([z.string(), z.string(), z.uuid()]);

/** The cursor of a position, for the client to return. */
export function pageCursor({ order, key, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([order, key, id])).toString('base64url');
}

/**
 * The position of a cursor.
 *
 * @throws UserError `invalid-cursor`: it is not a cursor, or one of another order
 */
export function parsePageCursor(cursor: string, orders: readonly string[]): PagePosition {
  try {
    const [order, key, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (orders.includes(order)) return { order, key, id };
  } catch {
    // Reported below.
  }
  throw new UserError('invalid-cursor', 'The cursor is not one of this list in this order.', {
    hint: 'Begin with the first page, without a cursor.',
  });
}
