import { UserError } from '@ecommerce-dms/errors';
import { maxLength, name } from '../bounds.ts';
import { isBasedTax } from './tax-base.ts';
import { allocateAmount } from './allocate-amount.ts';
import {
  amountsByLine,
  applyPromotions,
  type BasketPromotion,
  discountFees,
  type PromotionPart,
} from './apply-promotions.ts';
import type { Adjustment, Basket, BasketLine, Charge, PriceCalculators, PricedLine } from './basket.ts';

/** The input of {@link priceBasket}. */
export interface UnpricedBasket<Line extends BasketLine = BasketLine> extends Omit<Basket, 'lines'> {
  lines: readonly Line[];
  /** Amounts computed elsewhere. */
  adjustments: readonly Adjustment[];
  /** Those whose conditions the basket meets. Default none. */
  promotions?: readonly BasketPromotion[] | undefined;
}

/**
 * Amounts in whole minor units: `total = subtotal - discount + shipping`, plus the tax unless these include it
 * (`taxIncluded`).
 */
export interface Totals {
  taxIncluded: boolean;
  subtotalMinor: bigint;
  discountMinor: bigint;
  shippingMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
}

/** A basket with its price: the adjustments of each kind sum to the amount of that kind. */
export interface PricedBasket<Line extends BasketLine = BasketLine> extends Totals {
  lines: (Line & PricedLine)[];
  /**
   * None is 0, but for a tax of an amount that is not, and a fee that a promotion has taken off; each discount belongs to
   * a line. Of the fees, promotions are subtracted.
   */
  adjustments: Adjustment[];
  /** What each promotion took off, by its code; those of the shipping are not in `discountMinor`. */
  promotions: { code: string; discountMinor: bigint }[];
}

/**
 * Computes the price of a basket. Discounts come first: those of `adjustments`, then promotions of lines, then those of
 * the order, on what the others left; each is divided over its lines in proportion to what is left of them, without
 * losing a minor unit. Then come shipping fees less promotions of shipping, and tax. Of promotions that do not combine,
 * the cheapest combination is taken. What a line costs does not depend on the order of the lines or of the promotions.
 *
 * @throws UserError `invalid-input`: discounts exceed the subtotal, or a charge is negative, of no line or
 *   without a code
 */
export function priceBasket<Line extends BasketLine>(
  { lines: unpriced, adjustments: given, promotions = [], ...place }: UnpricedBasket<Line>,
  calculators: PriceCalculators,
): PricedBasket<Line> {
  const lines = unpriced.map((line) => ({
    ...line,
    totalMinor: BigInt(line.quantity) * line.unitPriceMinor,
    discountMinor: 0n,
  }));
  const subtotalMinor = sumOf(lines.map((line) => line.totalMinor));
  const adjustments: Adjustment[] = [];
  const takeOff = ({ code, amountMinor, lineId }: Charge) => {
    const discounted = lineId === undefined ? lines : [requireLine('discount', { code, lineId }, lines)];
    const shares = discounted.map((line) => ({
      id: line.lineId,
      weight: line.totalMinor - line.discountMinor,
    }));
    const remainingMinor = sumOf(shares.map(({ weight }) => weight));
    if (amountMinor > remainingMinor) {
      throw badAdjustments(`The discount ${code} of ${amountMinor} exceeds the remaining ${remainingMinor}.`);
    }
    for (const [index, part] of allocateAmount(amountMinor, shares).entries()) {
      const line = discounted[index];
      if (line === undefined) continue;
      line.discountMinor += part;
      adjustments.push({ kind: 'discount', code, amountMinor: part, lineId: line.lineId });
    }
  };

  for (const discount of given.filter(isOf('discount'))) takeOff(discount);

  // A copy for each: what a calculator does to its basket changes no price.
  const basketWith = (parts: readonly PromotionPart[] = []): Basket => {
    const taken = amountsByLine(parts);
    return {
      ...place,
      lines: lines.map((line) => ({
        ...line,
        discountMinor: line.discountMinor + (taken.get(line.lineId) ?? 0n),
      })),
    };
  };
  const feesWith = (parts: readonly PromotionPart[]) => {
    const computed = asCharges('shipping', calculators.shipping(basketWith(parts)));
    return charges('shipping', [...given.filter(isOf('shipping')), ...computed], lines);
  };
  const left = lines.map((line) => ({ ...line, leftMinor: line.totalMinor - line.discountMinor }));
  const applied = applyPromotions(left, promotions, (parts) => amountOf(feesWith(parts)));
  const fullFees = feesWith(applied.parts);
  const taken = amountsByLine(applied.parts);
  for (const line of lines) line.discountMinor += taken.get(line.lineId) ?? 0n;
  adjustments.push(...applied.parts.map((part) => ({ kind: 'discount' as const, ...part })));
  const offFees = discountFees(amountOf(fullFees), applied.shipping);
  const shipping = lessDiscount(fullFees, amountOf(offFees));

  const feesForTax = shipping.map(({ kind: _kind, ...fee }) => ({ ...fee }));
  const taxes = [
    ...given.filter(isOf('tax')),
    ...asCharges('tax', calculators.tax(basketWith(), feesForTax)),
  ];
  adjustments.push(...shipping, ...charges('tax', taxes, lines));

  const of = (kind: Adjustment['kind']) => amountOf(adjustments.filter(isOf(kind)));
  const [discountMinor, shippingMinor, taxMinor] = [of('discount'), of('shipping'), of('tax')];
  const { taxIncluded } = place;
  const chargedMinor = subtotalMinor - discountMinor + shippingMinor;
  if (taxIncluded && taxMinor > chargedMinor) {
    throw badAdjustments(`Taxes of ${taxMinor} are not a part of ${chargedMinor}, which includes them.`);
  }
  return {
    lines,
    adjustments: adjustments.filter(
      (each) =>
        each.amountMinor > 0n ||
        (each.taxableMinor ?? 0n) > 0n ||
        (each.kind === 'shipping' && offFees.length > 0),
    ),
    promotions: promotions
      .map(({ code }) => ({
        code,
        discountMinor: amountOf([...applied.parts, ...offFees].filter((part) => part.code === code)),
      }))
      .filter(({ discountMinor }) => discountMinor > 0n),
    taxIncluded,
    subtotalMinor,
    discountMinor,
    shippingMinor,
    taxMinor,
    totalMinor: taxIncluded ? chargedMinor : chargedMinor + taxMinor,
  };
}

/** What a calculator has returned, which may be a promise or a number in a program without types. */
function asCharges(kind: Adjustment['kind'], returned: readonly Charge[]): readonly Charge[] {
  if (!Array.isArray(returned)) {
    throw badAdjustments(`The calculator of ${kind} returned no array: it must not be asynchronous.`);
  }
  if (returned.some((charge: Charge | null | undefined) => typeof charge?.amountMinor !== 'bigint')) {
    throw badAdjustments(`The calculator of ${kind} returned an amount that is no bigint.`);
  }
  return returned;
}

function charges(
  kind: Adjustment['kind'],
  charges: readonly Charge[],
  lines: readonly PricedLine[],
): Adjustment[] {
  return charges.map(({ code, amountMinor, lineId, ratePpm, taxableMinor }) => {
    if (!name.safeParse(code).success) {
      throw badAdjustments(`A ${kind} has a code that is no text of 1 to ${maxLength.line} characters.`);
    }
    if (amountMinor < 0n) throw badAdjustments(`The ${kind} ${code} is negative: ${amountMinor}.`);
    if (lineId !== undefined) requireLine(kind, { code, lineId }, lines);
    if (kind !== 'tax') return { kind, code, amountMinor, lineId };
    if (!isBasedTax({ amountMinor, ratePpm, taxableMinor })) {
      throw badAdjustments(
        `The tax ${code} of ${amountMinor} is not its rate of its base, or has only one of them.`,
      );
    }
    return { kind, code, amountMinor, lineId, ratePpm, taxableMinor };
  });
}

function requireLine<Line extends PricedLine>(
  kind: Adjustment['kind'],
  { code, lineId }: Pick<Charge, 'code' | 'lineId'>,
  lines: readonly Line[],
): Line {
  const line = lines.find((line) => line.lineId === lineId);
  if (line === undefined) {
    throw badAdjustments(`The ${kind} ${code} is for the line ${lineId}, which is not in the basket.`);
  }
  return line;
}

function lessDiscount(fees: readonly Adjustment[], discountMinor: bigint): Adjustment[] {
  const parts = allocateAmount(
    discountMinor,
    fees.map(({ code, lineId = '', amountMinor }, index) => ({
      id: `${code} ${lineId} ${index}`,
      weight: amountMinor,
    })),
  );
  return fees.map((fee, index) => ({ ...fee, amountMinor: fee.amountMinor - (parts[index] ?? 0n) }));
}

function isOf(kind: Adjustment['kind']) {
  return (adjustment: Adjustment) => adjustment.kind === kind;
}

function amountOf(parts: readonly { amountMinor: bigint }[]): bigint {
  return sumOf(parts.map(({ amountMinor }) => amountMinor));
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function badAdjustments(message: string): UserError {
  return new UserError('invalid-input', message, {
    hint: 'A discount must not exceed what it is subtracted from; fees and taxes must not be negative.',
  });
}
