import type { EntityManager } from '@mikro-orm/postgresql';
import type { TaxRate } from '../../pricing/tax-by-region.ts';
import { bool, int4, nullable, text, timestamptz } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const selectRates = statement({
  params: {},
  row: {
    taxClass: text,
    countryCode: text,
    region: nullable(text),
    code: text,
    ratePpm: int4,
    taxesShipping: bool,
    from: timestamptz,
    until: nullable(timestamptz),
  },
  sql: `select tax_class as "taxClass", country_code as "countryCode", region, code, rate_ppm as "ratePpm",
      taxes_shipping as "taxesShipping", lower(valid) as "from", upper(valid) as until
    from tax_rate where not valid << tstzrange(now(), null)
    order by country_code, tax_class, region nulls first, code, lower(valid)`,
});

/**
 * Reads the tax rates of now and of later, for `taxByRegion`. They have the times of their validity, so that one table
 * is right for a long time: a shop loads it when it starts, and again every few minutes, before rates that were set
 * meanwhile begin. No checkout has to wait for it.
 *
 * @example
 * ```ts
 * const loadCheckout = async () =>
 *   checkoutWith({ shipping: noCharges, tax: taxByRegion(await loadTaxRates(em.fork())) });
 * let { checkout } = await loadCheckout();
 * setInterval(async () => ({ checkout } = await loadCheckout()), 300_000);
 * ```
 */
export async function loadTaxRates(em: EntityManager): Promise<TaxRate[]> {
  const rates = await selectRates(em, {});
  return rates.map(({ region, until, ...rate }) => ({
    ...rate,
    region: region ?? undefined,
    until: until ?? undefined,
  }));
}
