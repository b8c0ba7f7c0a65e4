import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, int8, nullable, text, timestamptz, timestamptzText, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { amountMinor, currencyCode, instant } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../slug.ts';
import { priceListNotFound } from './manage-price-lists.ts';

const pricing = z
  .strictObject({
    variantId: z.uuid(),
    currency: currencyCode,
    priceList: slug.default('base'),
    amountMinor,
    compareAtMinor: amountMinor.optional(),
    from: instant.optional(),
    until: instant.optional(),
    reason,
  })
  .refine(
    ({ amountMinor, compareAtMinor }) => compareAtMinor === undefined || compareAtMinor >= amountMinor,
    { path: ['compareAtMinor'], message: 'below the price' },
  )
  .refine(({ from, until }) => !until || !from || until > from, {
    path: ['until'],
    message: 'not after the beginning',
  });

/**
 * A price of a variant in a list (default `base`) and a currency, valid `from` (default now) until the next price
 * begins, or `until`. `compareAtMinor` is the struck-through price shown with it. Amounts are in minor units. The audit
 * log has the price that it replaces, and the `reason`.
 */
export type Pricing = z.input<typeof pricing>;

/** Another price begins while this one is valid. Code `price-overlap`. */
export class PriceOverlap extends UserError {
  override readonly name = 'PriceOverlap';

  constructor(variantId: string, cause: unknown) {
    super(
      'price-overlap',
      `The variant ${variantId} has another price that begins while this one is valid.`,
      { hint: 'Let this one end (until) where that one begins.', cause },
    );
  }
}

/**
 * Sets a price, and ends the one that is valid when it begins. Concurrent calls for a variant wait for each other;
 * the last one sets the price.
 *
 * @returns the id of the price
 * @throws PriceOverlap: another price begins while this one is valid
 * @throws UserError `invalid-input`, `variant-not-found`, `currency-not-found`, `price-list-not-found`,
 *   `price-list-ended`
 */
export async function setPrice(em: EntityManager, input: Pricing): Promise<string> {
  const price = parseInput(pricing, input);
  try {
    return await withoutRowDetails(() => em.transactional((em) => replacePrice(em, price)));
  } catch (error) {
    throw reasonOf(error, price);
  }
}

export function variantNotFound(variantId: string): UserError {
  return new UserError('variant-not-found', `There is no variant ${variantId}, or it was deleted.`);
}

/** By the clock of the server, which the price begins by: the client's may be another, and time has passed. */
export function endedBefore(): UserError {
  return new UserError('invalid-input', 'until: not after the beginning');
}

const shareLockPriceList = statement({
  params: { priceList: text },
  row: { hasEnded: bool },
  sql: 'select ended_at is not null as "hasEnded" from price_list where code = :priceList for share',
});

const lockVariant = statement({
  params: { variantId: uuid },
  sql: 'select from product_variant where id = :variantId and deleted_at is null for no key update',
});

const readBeginning = statement({
  params: { from: nullable(timestamptz), until: nullable(timestamptz) },
  row: { from: text, isOver: bool },
  sql: `select at::text as "from", coalesce(:until <= at, false) as "isOver"
    from (select coalesce(:from::timestamptz, clock_timestamp()) as at) beginning`,
});

const closePriceAt = statement({
  params: { variantId: uuid, priceList: text, currency: text, from: timestamptzText },
  row: { amountMinor: int8 },
  sql: `with replaced as (
      delete from price where variant_id = :variantId and price_list_code = :priceList and currency_code = :currency
        and lower(valid) = :from returning amount_minor),
    closed as (
      update price set valid = tstzrange(lower(valid), :from)
      where variant_id = :variantId and price_list_code = :priceList and currency_code = :currency
        and valid @> :from::timestamptz and lower(valid) < :from returning amount_minor)
    select amount_minor as "amountMinor" from replaced union all select amount_minor from closed`,
});

const insertPrice = statement({
  params: {
    variantId: uuid,
    priceList: text,
    currency: text,
    amountMinor: int8,
    compareAtMinor: nullable(int8),
    from: timestamptzText,
    until: nullable(timestamptz),
  },
  row: { id: uuid },
  sql: `insert into price (variant_id, price_list_code, currency_code, amount_minor, compare_at_minor, valid)
    values (:variantId, :priceList, :currency, :amountMinor, :compareAtMinor, tstzrange(:from, :until)) returning id`,
});

async function replacePrice(em: EntityManager, price: z.output<typeof pricing>): Promise<string> {
  const { variantId, priceList } = price;
  // The list first, as endPriceList locks it.
  const [list] = await shareLockPriceList(em, { priceList });
  if (list === undefined) throw priceListNotFound(priceList);
  if (list.hasEnded) throw new UserError('price-list-ended', `The price list '${priceList}' has ended.`);
  // The time is read under the lock, so that a price it waited for began before this one.
  const [variant] = await lockVariant(em, { variantId });
  if (variant === undefined) throw variantNotFound(variantId);
  const { from, isOver } = onlyRow(await readBeginning(em, price));
  if (isOver) throw endedBefore();
  const [previous] = await closePriceAt(em, { ...price, from });
  const { id } = onlyRow(await insertPrice(em, { ...price, from }));
  const { amountMinor, currency, until, reason } = price;
  const detail = {
    variantId,
    priceList,
    currency,
    from,
    amountMinor: amountMinor.toString(),
    ...(previous && { previousMinor: previous.amountMinor.toString() }),
    ...(until && { until: until.toISOString() }),
  };
  await recordAudit(em, { action: 'price.set', entity: 'price', entityId: id, detail, reason });
  return id;
}

function reasonOf(error: unknown, { variantId, currency }: z.output<typeof pricing>): unknown {
  switch (violatedConstraint(error)) {
    case 'price_no_overlap':
      return new PriceOverlap(variantId, error);
    case 'price_currency_code_foreign':
      return new UserError('currency-not-found', `There is no currency '${currency}'.`, { cause: error });
    default:
      return error;
  }
}
