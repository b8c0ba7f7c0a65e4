import { UserError } from '@ecommerce-dms/errors';
import { maxRatePpm } from '../bounds.ts';
import { allocateAmount } from './allocate-amount.ts';
import { type TaxedItem, taxItems, type TaxRounding } from './tax-items.ts';
import type { Basket, Charge, PricedLine, TaxCalculator } from './basket.ts';

/** The tax class of a variant that has no other. */
export const standardTaxClass = 'standard';

/** The code of an amount that is not taxed, where others are: it has a base and no tax. */
const exempt = 'exempt';

/** A tax of a country, or of a region of it. */
export interface TaxRate {
  /** The tax, as orders show it beside its rate: `VAT`. */
  code: string;
  /** The class of the variants that it applies to. Default `standard`. */
  taxClass?: string;
  /** ISO 3166-1 alpha-2. */
  countryCode: string;
  /** As in the address; undefined for a tax of the whole country. */
  region?: string | undefined;
  /** Millionths of the price before tax: 190,000 is 19 %. */
  ratePpm: number;
  /** Whether shipping fees are taxed, too. */
  taxesShipping: boolean;
  /** Default: ever since. */
  from?: Date | undefined;
  /** The first moment at which it no longer applies. Default: for good. */
  until?: Date | undefined;
}

/** Options of {@link taxByRegion}. */
export interface TaxOptions {
  /** What is rounded: the tax of each line, or that of the order at a rate. Default `line`. */
  rounding?: TaxRounding;
}

/**
 * A tax calculator for a table of rates, such as that of `loadTaxRates`. Of the rates of a line's tax class, all apply
 * that its destination has at the time of the basket: those of the country, and those of the region. A line is taxed on
 * what is left after its discount, halves up, unless its variant is not taxable.
 *
 * Shipping is taxed like the goods: a fee of a line like this line, one of the order like the lines that are sent, by
 * their share of the value. Where prices include tax, so do fees.
 *
 * A country without any rate is one in which the shop charges no tax.
 *
 * @throws UserError `invalid-settings`: a rate is not a whole number of millionths from 0 to 10 million
 * @throws UserError `tax-class-without-rate`, by the calculator: the country has rates, and none for the tax class of a line
 */
export function taxByRegion(
  rates: readonly TaxRate[],
  { rounding = 'line' }: TaxOptions = {},
): TaxCalculator {
  const wrong = rates.filter(
    ({ ratePpm }) => !Number.isInteger(ratePpm) || ratePpm < 0 || ratePpm > maxRatePpm,
  );
  if (wrong.length > 0) {
    const named = wrong.map(({ code, ratePpm }) => `${code} (${ratePpm})`).join(', ');
    throw new UserError(
      'invalid-settings',
      `Tax rates are whole millionths from 0 to ${maxRatePpm}: not ${named}.`,
      { hint: 'ratePpm: 190_000 is 19 %.' },
    );
  }
  return (basket, shipping) => {
    const current = ratesAt(rates, basket);
    if (current.length === 0) return [];
    const items = itemsOf(basket, shipping, (line) => ratesOf(line, current, basket));
    const { taxIncluded } = basket;
    return taxItems(items, { taxIncluded, rounding }).flatMap(({ netMinor, taxesMinor }, index): Charge[] => {
      const { lineId, rates = [] } = items[index] ?? {};
      return rates.length === 0
        ? [{ code: exempt, lineId, amountMinor: 0n, ratePpm: 0, taxableMinor: netMinor }]
        : rates.map(({ code, ratePpm }, place) => ({
            code,
            lineId,
            amountMinor: taxesMinor[place] ?? 0n,
            ratePpm,
            taxableMinor: netMinor,
          }));
    });
  };
}

/** A rate with its identity: the same of two classes is one where an order is rounded as a whole. */
type IdentifiedRate = TaxRate & { id: string };

/** A line, or, without an id of one, a part of the shipping fees. */
interface Item extends TaxedItem {
  lineId: string | undefined;
  rates: readonly IdentifiedRate[];
}

/** Those of the country that apply at the time of the basket. */
function ratesAt(rates: readonly TaxRate[], { destination, at }: Basket): IdentifiedRate[] {
  return rates
    .filter(
      ({ countryCode, from, until }) =>
        countryCode === destination.countryCode &&
        (from === undefined || from <= at) &&
        (until === undefined || until > at),
    )
    .map((rate) => ({ ...rate, id: JSON.stringify([rate.code, rate.region, rate.ratePpm]) }));
}

function ratesOf(
  { taxClass, isTaxable }: PricedLine,
  rates: readonly IdentifiedRate[],
  { destination }: Basket,
): IdentifiedRate[] {
  if (!isTaxable) return [];
  const ofClass = rates.filter((rate) => (rate.taxClass ?? standardTaxClass) === taxClass);
  if (ofClass.length === 0) {
    const { countryCode } = destination;
    throw new UserError(
      'tax-class-without-rate',
      `${countryCode} has no tax rate of the class '${taxClass}'.`,
      {
        hint: 'Set one with setTaxRate, 0 where nothing is charged, and load the rates again.',
      },
    );
  }
  return ofClass.filter(({ region }) => region === undefined || region === destination.region);
}

function itemsOf(
  { lines }: Basket,
  shipping: readonly Charge[],
  ratesOf: (line: PricedLine) => IdentifiedRate[],
): Item[] {
  const goods = lines.map((line) => ({
    line,
    id: line.lineId,
    lineId: line.lineId,
    amountMinor: line.totalMinor - line.discountMinor,
    rates: ratesOf(line),
  }));
  const sent = goods.filter(({ line }) => line.requiresShipping);
  const carried = sent.length > 0 ? sent : goods;
  const feesMinor = (lineId: string | undefined) =>
    shipping.filter((fee) => fee.lineId === lineId).reduce((sum, fee) => sum + fee.amountMinor, 0n);

  // Of the same rates, one part: it is rounded once.
  const taxesOfShipping = ({ rates }: Item) => rates.filter(({ taxesShipping }) => taxesShipping);
  const alike = [...Map.groupBy(goods, (item) => JSON.stringify(taxesOfShipping(item).map(({ id }) => id)))];
  const shares = allocateAmount(
    feesMinor(undefined),
    alike.map(([id, items]) => ({
      id,
      weight: items
        .filter((item) => carried.includes(item))
        .reduce((sum, item) => sum + item.amountMinor, 0n),
    })),
  );
  const fees = alike.map(([id, items], index): Item => {
    const ofLines = items.reduce((sum, { lineId }) => sum + feesMinor(lineId), 0n);
    const rates = items[0] === undefined ? [] : taxesOfShipping(items[0]);
    return { id: `shipping ${id}`, lineId: undefined, amountMinor: (shares[index] ?? 0n) + ofLines, rates };
  });
  return [...goods, ...fees.filter(({ amountMinor }) => amountMinor > 0n)];
}
