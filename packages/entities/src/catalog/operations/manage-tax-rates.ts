import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { countryCode, instant, name, taxRatePpm } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { standardTaxClass } from '../../pricing/tax-by-region.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, int4, nullable, text, timestamptz, timestamptzText, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { slug } from '../slug.ts';
import { endedBefore } from './set-price.ts';

/** Which tax. */
const identity = {
  taxClass: slug.default(standardTaxClass),
  countryCode,
  region: name.optional(),
  code: name,
};
const setting = z
  .strictObject({
    ...identity,
    ratePpm: taxRatePpm,
    taxesShipping: z.boolean().default(true),
    from: instant.optional(),
    until: instant.optional(),
    reason,
  })
  .refine(({ from, until }) => !until || !from || until > from, {
    path: ['until'],
    message: 'not after the beginning',
  });
const ending = z.strictObject({ ...identity, at: instant.optional(), reason });

/**
 * A rate of a tax, in millionths of the price before tax: 190,000 is 19 %. It applies to variants of `taxClass`
 * (default `standard`) that go to the country, or to a `region` of it as addresses spell it, and to their shipping fees
 * unless `taxesShipping` is false; `from` (default now) until the next rate of this tax begins, or `until`. The `code`
 * names the tax, `VAT`: a new rate of the same code replaces the old one, another code is another tax beside it.
 */
export type TaxRateSetting = z.input<typeof setting>;

/** Which tax {@link endTaxRate} ends, and when: `at`, default now. */
export type TaxRateEnd = z.input<typeof ending>;

// Rates change a few times a year: all changes wait for each other.
const lockTaxRates = statement({
  params: {},
  sql: `select from pg_advisory_xact_lock(hashtextextended('ecommerce-dms tax rates', 0))`,
});

const readTime = statement({
  params: { at: nullable(timestamptz), until: nullable(timestamptz) },
  row: { at: text, isPast: bool, isOver: bool },
  sql: `select at::text as at, coalesce(:at < now(), false) as "isPast", coalesce(:until <= at, false) as "isOver"
    from (select coalesce(:at::timestamptz, clock_timestamp()) as at) beginning`,
});

const taxParams = {
  taxClass: text,
  countryCode: text,
  region: nullable(text),
  code: text,
  at: timestamptzText,
};
const isOfTax = `tax_class = :taxClass and country_code = :countryCode and region is not distinct from :region
  and code = :code`;

const closeRateAt = statement({
  params: taxParams,
  row: { ratePpm: int4 },
  sql: `update tax_rate set valid = tstzrange(lower(valid), :at)
    where ${isOfTax} and valid @> :at::timestamptz and lower(valid) < :at returning rate_ppm as "ratePpm"`,
});

const deleteRateOf = statement({
  params: taxParams,
  row: { ratePpm: int4 },
  sql: `delete from tax_rate where ${isOfTax} and lower(valid) = :at returning rate_ppm as "ratePpm"`,
});

const deleteRatesFrom = statement({
  params: taxParams,
  row: { ratePpm: int4 },
  sql: `delete from tax_rate where ${isOfTax} and lower(valid) >= :at returning rate_ppm as "ratePpm"`,
});

const insertRate = statement({
  params: { ...taxParams, ratePpm: int4, taxesShipping: bool, until: nullable(timestamptz) },
  row: { id: uuid },
  sql: `insert into tax_rate (tax_class, country_code, region, code, rate_ppm, taxes_shipping, valid)
    values (:taxClass, :countryCode, :region, :code, :ratePpm, :taxesShipping, tstzrange(:at, :until))
    returning id`,
});

/**
 * Sets the rate of a tax, and ends the one that is valid when it begins. It applies where `loadTaxRates` has been
 * called since: set a rate ahead of its beginning by more than the shop takes to load them again. Concurrent calls wait
 * for each other. The audit log has the rate that it replaces, and the `reason`.
 *
 * @returns its id
 * @throws UserError `invalid-input`, also for a beginning in the past: orders were charged what was valid then
 * @throws UserError `tax-rate-overlap`: another rate of this tax begins while this one is valid
 */
export async function setTaxRate(em: EntityManager, input: TaxRateSetting): Promise<string> {
  const { reason, from, ...rate } = parseInput(setting, input);
  try {
    return await withoutRowDetails(() =>
      em.transactional(async (em) => {
        const at = await lockAndReadTime(em, from, rate.until);
        const [replaced] = await deleteRateOf(em, { ...rate, at });
        const [closed] = await closeRateAt(em, { ...rate, at });
        const previousPpm = (replaced ?? closed)?.ratePpm;
        const { id } = onlyRow(await insertRate(em, { ...rate, at }));
        const detail = { ...rate, until: rate.until?.toISOString(), from: at, previousPpm };
        await recordAudit(em, {
          action: 'tax_rate.set',
          entity: 'tax_rate',
          entityId: id,
          detail: withoutUndefined(detail),
          reason,
        });
        return id;
      }),
    );
  } catch (error) {
    if (violatedConstraint(error) !== 'tax_rate_no_overlap') throw error;
    throw new UserError(
      'tax-rate-overlap',
      `${nameOf(rate)} has another rate that begins while this one is valid.`,
      { hint: 'Let this one end (until) where that one begins, or end that one first.', cause: error },
    );
  }
}

/**
 * Ends a tax: its rate is valid until `at`, and later ones are removed. As with `setTaxRate`, the shop has to load the
 * rates again. Where it was the last rate of the class in a country that has others, its variants can no longer be
 * ordered there (`tax-class-without-rate`). The audit log has it, with the `reason`.
 *
 * @throws UserError `invalid-input`, also for a past time; `tax-rate-not-found`: it has no rate then or later
 */
export async function endTaxRate(em: EntityManager, input: TaxRateEnd): Promise<void> {
  const { reason, at: wanted, ...tax } = parseInput(ending, input);
  await withoutRowDetails(() =>
    em.transactional(async (em) => {
      const at = await lockAndReadTime(em, wanted);
      const ended = [
        ...(await closeRateAt(em, { ...tax, at })),
        ...(await deleteRatesFrom(em, { ...tax, at })),
      ];
      if (ended.length === 0) {
        throw new UserError('tax-rate-not-found', `${nameOf(tax)} has no rate then or later.`);
      }
      const detail = withoutUndefined({ ...tax, at, endedPpm: ended.map(({ ratePpm }) => ratePpm) });
      await recordAudit(em, {
        action: 'tax_rate.end',
        entity: 'tax_rate',
        entityId: `${tax.countryCode} ${tax.taxClass}`,
        detail,
        reason,
      });
    }),
  );
}

/** Under the lock, so that a rate that it waited for began before. */
async function lockAndReadTime(em: EntityManager, wanted: Date | undefined, until?: Date): Promise<string> {
  await lockTaxRates(em, {});
  const { at, isPast, isOver } = onlyRow(await readTime(em, { at: wanted, until }));
  if (isPast) {
    throw new UserError('invalid-input', `${wanted?.toISOString()} is past: orders have the rates of then.`);
  }
  if (isOver) throw endedBefore();
  return at;
}

function nameOf({ code, taxClass, countryCode, region }: z.output<z.ZodObject<typeof identity>>): string {
  return `The tax ${code} of the class '${taxClass}' in ${region === undefined ? '' : `${region}, `}${countryCode}`;
}

function withoutUndefined<Value>(record: Record<string, Value>): Record<string, NonNullable<Value>> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, NonNullable<Value>] => entry[1] != null),
  );
}
