import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, nullable, text, timestamptz, timestamptzText } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../slug.ts';

const creation = z.strictObject({ code: slug, name, taxIncluded: z.boolean().optional(), reason });
const ending = z.strictObject({
  code: slug.refine((code) => code !== 'base', 'the list base never ends: it prices what other lists do not'),
  reason,
});

/**
 * What {@link createPriceList} takes: a list in addition to `base`. `taxIncluded` says whether its prices include their
 * taxes, for good. Default: as those of `base` in the same currency do.
 */
export type PriceListCreation = z.input<typeof creation>;

const insertPriceList = statement({
  params: { code: text, name: text, taxIncluded: nullable(bool) },
  sql: 'insert into price_list (code, name, tax_included) values (:code, :name, :taxIncluded)',
});

const lockPriceList = statement({
  params: { code: text },
  row: { hasEnded: bool },
  sql: 'select ended_at is not null as "hasEnded" from price_list where code = :code for update',
});

const markEnded = statement({
  params: { code: text },
  row: { at: text, endedAt: nullable(timestamptz) },
  sql: `update price_list set ended_at = coalesce(ended_at, clock_timestamp()) where code = :code
    returning ended_at::text as at, ended_at as "endedAt"`,
});

const deleteLaterPrices = statement({
  params: { code: text, at: timestamptzText },
  sql: 'delete from price where price_list_code = :code and lower(valid) >= :at',
});

const endCurrentPrices = statement({
  params: { code: text, at: timestamptzText },
  sql: `update price set valid = tstzrange(lower(valid), :at)
    where price_list_code = :code and valid @> :at::timestamptz`,
});

/**
 * Creates a price list, with an entry in the audit log; `setPrice` sets its prices.
 *
 * @throws UserError `invalid-input`, `price-list-exists`
 */
export async function createPriceList(em: EntityManager, input: PriceListCreation): Promise<void> {
  const { reason, ...priceList } = parseInput(creation, input);
  try {
    await withoutRowDetails(() =>
      em.transactional(async (em) => {
        await insertPriceList(em, priceList);
        const entityId = priceList.code;
        const { taxIncluded } = priceList;
        await recordAudit(em, {
          action: 'price_list.create',
          entity: 'price_list',
          entityId,
          ...(taxIncluded !== undefined && { detail: { taxIncluded } }),
          reason,
        });
      }),
    );
  } catch (error) {
    if (violatedConstraint(error) !== 'price_list_pkey') throw error;
    throw new UserError('price-list-exists', `There already is a price list '${priceList.code}'.`, {
      cause: error,
    });
  }
}

/**
 * Ends a price list now and for good: its prices are valid until now, future ones are removed, and no more can be
 * set. What it priced then costs what the list `base` says, or is not for sale in carts of the list, if only one of the
 * two includes taxes. The audit log has it, with the `reason`.
 *
 * @returns when it ended, also if it had ended before
 * @throws UserError `invalid-input`, also for `base`; `price-list-not-found`
 */
export async function endPriceList(em: EntityManager, input: z.input<typeof ending>): Promise<Date> {
  const { code, reason } = parseInput(ending, input);
  return await withoutRowDetails(() =>
    em.transactional(async (em) => {
      // The time is read under the lock, so that a price it waited for began before the end.
      const [found] = await lockPriceList(em, { code });
      if (found === undefined) throw priceListNotFound(code);
      const [ended] = await markEnded(em, { code });
      if (!ended?.endedAt) throw new Error('An UPDATE of a locked row returns it.');
      await deleteLaterPrices(em, { code, at: ended.at });
      await endCurrentPrices(em, { code, at: ended.at });
      if (!found.hasEnded) {
        await recordAudit(em, { action: 'price_list.end', entity: 'price_list', entityId: code, reason });
      }
      return ended.endedAt;
    }),
  );
}

export function priceListNotFound(code: string): UserError {
  return new UserError('price-list-not-found', `There is no price list '${code}'.`, {
    hint: 'Create it with createPriceList.',
  });
}
