import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { violates } from '../../runtime/violates.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { parseInput } from '../../parse-input.ts';

const code = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'words of a-z and 0-9, joined by hyphens');
const creation = z.strictObject({ code, name: z.string().min(1) });
const ending = z.strictObject({
  code: code.refine((code) => code !== 'base', 'the list base has the prices of what other lists have not'),
});

/** A list of prices beside `base`. */
export type PriceListCreation = z.input<typeof creation>;

/**
 * Creates a price list; `setPrice` fills it.
 *
 * @throws UserError `bad-input`; `price-list-exists`
 */
export async function createPriceList(em: EntityManager, input: PriceListCreation): Promise<void> {
  const { code, name } = parseInput(creation, input);
  try {
    await withoutRowDetails(() =>
      em.execute('insert into price_list (code, name) values (?, ?)', [code, name]),
    );
  } catch (error) {
    if (!violates(error, 'price_list_pkey')) throw error;
    throw new UserError('price-list-exists', `There is a price list '${code}' already.`, { cause: error });
  }
}

/**
 * Ends a price list now, for good: its prices are valid until now, those that would have begun later are removed, and
 * no other can be set. What it priced costs what the list `base` says.
 *
 * @returns when it ended; again the same, where it had ended before
 * @throws UserError `bad-input`, also for `base`; `unknown-price-list`
 */
export async function endPriceList(em: EntityManager, input: z.input<typeof ending>): Promise<Date> {
  const { code } = parseInput(ending, input);
  return await withoutRowDetails(() =>
    em.transactional(async (em) => {
      // The lock first, the time after it: a price that was waited for has begun before the end.
      const found = await em.execute<unknown[]>('select from price_list where code = ? for update', [code]);
      if (found.length === 0) throw unknownPriceList(code);
      const [ended] = await em.execute<{ at: string; endedAt: Date }[]>(
        `update price_list set ended_at = coalesce(ended_at, clock_timestamp()) where code = ?
         returning ended_at::text as at, ended_at as "endedAt"`,
        [code],
      );
      if (ended === undefined) throw new Error('An UPDATE of a locked row returns it.');
      await em.execute('delete from price where price_list_code = ? and lower(valid) >= ?::timestamptz', [
        code,
        ended.at,
      ]);
      await em.execute(
        `update price set valid = tstzrange(lower(valid), ?::timestamptz)
         where price_list_code = ? and valid @> ?::timestamptz`,
        [ended.at, code, ended.at],
      );
      return new Date(ended.endedAt);
    }),
  );
}

/** There is no such price list. */
export function unknownPriceList(code: string): UserError {
  return new UserError('unknown-price-list', `There is no price list '${code}'.`, {
    hint: 'createPriceList makes one.',
  });
}
