import { UserError } from '@ecommerce-dms/errors';
import { maxLength, name } from '../bounds.ts';
import { isBasedTax } from './tax-base.ts';
import { allocateAmount } from './allocate-amount.ts';
import { type PromotionDiscount, promotionDiscount } from './promotion-discount.ts';
import type { Adjustment, Basket, BasketLine, Charge, PriceCalculators, PricedLine } from './basket.ts';

/** The input of {@link priceBasket}. */
export interface UnpricedBasket<Line extends BasketLine = BasketLine> extends Omit<Basket, 'lines'> {
  lines: readonly Line[];
  /** Amounts computed elsewhere. */
  adjustments: readonly Adjustment[];
  coupon?: (PromotionDiscount & { code: string }) | undefined;
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
  /** None is 0, but for a tax of an amount that is not; each discount belongs to a line. */
  adjustments: Adjustment[];
  couponDiscountMinor: bigint;
}

/**
 * Computes the price of a basket. Discounts come first, the coupon last and on what the others left; each is divided
 * over the lines in proportion to what is left of them, without losing a minor unit. Then come shipping and tax. What
 * a line costs does not depend on the order of the lines.
 *
 * @throws UserError `invalid-input`: discounts exceed the subtotal, or a charge is negative, of no line or
 *   without a code
 */
export function priceBasket<Line extends BasketLine>(
  { lines: unpriced, adjustments: given, coupon, ...place }: UnpricedBasket<Line>,
  calculators: PriceCalculators,
): PricedBasket<Line> {
  const lines = unpriced.map((line) => ({
    ...line,
    totalMinor: BigInt(line.quantity) * line.unitPriceMinor,
    discountMinor: 0n,
  }));
  const subtotalMinor = sumOf(lines.map((line) => line.totalMinor));
  let leftMinor = subtotalMinor;
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
    leftMinor -= amountMinor;
  };

  for (const discount of given.filter(isOf('discount'))) takeOff(discount);
  const couponDiscountMinor = coupon === undefined ? 0n : promotionDiscount(coupon, leftMinor);
  if (coupon !== undefined) takeOff({ code: coupon.code, amountMinor: couponDiscountMinor });

  // A copy for each: what a calculator does to its basket changes no price.
  const basket = (): Basket => ({ ...place, lines: lines.map((line) => ({ ...line })) });
  const shipping = [
    ...given.filter(isOf('shipping')),
    ...asCharges('shipping', calculators.shipping(basket())),
  ];
  const feesForTax = shipping.map((fee) => ({ ...fee }));
  const taxes = [...given.filter(isOf('tax')), ...asCharges('tax', calculators.tax(basket(), feesForTax))];
  adjustments.push(...charges('shipping', shipping, lines), ...charges('tax', taxes, lines));

  const of = (kind: Adjustment['kind']) =>
    sumOf(adjustments.filter(isOf(kind)).map(({ amountMinor }) => amountMinor));
  const [discountMinor, shippingMinor, taxMinor] = [of('discount'), of('shipping'), of('tax')];
  const { taxIncluded } = place;
  const chargedMinor = subtotalMinor - discountMinor + shippingMinor;
  if (taxIncluded && taxMinor > chargedMinor) {
    throw badAdjustments(`Taxes of ${taxMinor} are not a part of ${chargedMinor}, which includes them.`);
  }
  return {
    lines,
    adjustments: adjustments.filter(
      ({ amountMinor, taxableMinor = 0n }) => amountMinor > 0n || taxableMinor > 0n,
    ),
    couponDiscountMinor,
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

function isOf(kind: Adjustment['kind']) {
  return (adjustment: Adjustment) => adjustment.kind === kind;
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function badAdjustments(message: string): UserError {
  return new UserError('invalid-input', message, {
    hint: 'A discount must not exceed what it is subtracted from; fees and taxes must not be negative.',
  });
}
