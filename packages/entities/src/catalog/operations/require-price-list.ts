import type { EntityManager } from '@mikro-orm/postgresql';
import { text } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { priceListNotFound } from './manage-price-lists.ts';

const findPriceList = statement({ params: { code: text }, sql: 'select from price_list where code = :code' });

/**
 * Refuses a price list that does not exist; one that has ended does. Needs no statement for `base`.
 *
 * @throws UserError `price-list-not-found`
 */
export async function requirePriceList(em: EntityManager, code: string): Promise<void> {
  if (code === 'base') return;
  const found = await findPriceList(em, { code });
  if (found.length === 0) throw priceListNotFound(code);
}
