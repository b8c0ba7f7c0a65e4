import type { EntityManager } from '@mikro-orm/postgresql';
import { unknownPriceList } from './manage-price-lists.ts';

/**
 * Refuses a list that nobody made. One that has ended is known; `base` always is, and costs no statement.
 *
 * @throws UserError `unknown-price-list`
 */
export async function requirePriceList(em: EntityManager, code: string): Promise<void> {
  if (code === 'base') return;
  const found = await em.execute<unknown[]>('select from price_list where code = ?', [code]);
  if (found.length === 0) throw unknownPriceList(code);
}
