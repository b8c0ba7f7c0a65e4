import { type AmountShare, allocateAmount } from './allocate-amount.ts';
import { type PromotionDiscount, promotionDiscount } from './promotion-discount.ts';

/** What promotions are taken off: lines, then all that is left of them, then the shipping fees. */
export const promotionScopes = ['line', 'order', 'shipping'] as const;
export type PromotionScope = (typeof promotionScopes)[number];

/** A promotion that may apply to a basket. */
export interface BasketPromotion extends PromotionDiscount {
  /** Of its coupon. Unique in a basket; what its discounts are called. */
  code: string;
  scope: PromotionScope;
  /** Those of the order are taken off one after another, lowest first, then by their codes. */
  priority: number;
  /** Two promotions go together where each names the scope of the other. */
  combinesWith: readonly PromotionScope[];
  /** Of `buyQuantity + getQuantity` units, `getQuantity` are discounted, at the rate. Both or neither. */
  buyQuantity?: number | null | undefined;
  getQuantity?: number | null | undefined;
  /** The lines that it discounts. Null or undefined: all. */
  lineIds?: readonly string[] | null | undefined;
  /**
   * Lines of which `buyQuantity` units are to be bought for each `getQuantity` that are discounted; they are not
   * discounted themselves. Null or undefined: units of the same lines, of which the dearest are bought.
   */
  buyLineIds?: readonly string[] | null | undefined;
}

/** A line as promotions see it. */
export interface PromotedLine {
  lineId: string;
  quantity: number;
  unitPriceMinor: bigint;
  /** What earlier discounts have left of it. */
  leftMinor: bigint;
}

/** A part of a discount. */
export interface PromotionPart {
  code: string;
  /** Undefined: of the shipping fees. */
  lineId: string | undefined;
  amountMinor: bigint;
}

/** What promotions take off the lines: `parts`; and `shipping`, those that remain for the fees. */
export interface AppliedPromotions {
  parts: PromotionPart[];
  shipping: BasketPromotion[];
}

/**
 * The combination of promotions with which lines and shipping fees cost least, before taxes that are added.
 *
 * Which scopes are used together is chosen for the whole basket, and then a promotion counts if it combines with each
 * other scope in use. Of the promotions of lines, each computed by itself, a line gets the best one, or all those that
 * combine with other promotions of lines. Of the order, the best one, or those that combine one after another. So
 * another promotion never makes lines dearer, nor a basket whose fees do not depend on discounts, and neither the
 * order of the lines nor that of the promotions matters.
 *
 * @param feesAfter the shipping fees, in all, of lines that have these discounts
 */
export function applyPromotions(
  lines: readonly PromotedLine[],
  promotions: readonly BasketPromotion[],
  feesAfter: (parts: readonly PromotionPart[]) => bigint,
): AppliedPromotions {
  if (promotions.length === 0) return { parts: [], shipping: [] };
  const sorted = promotions.toSorted((a, b) => a.priority - b.priority || compare(a.code, b.code));
  const offered = promotionScopes.filter((scope) => sorted.some((promotion) => promotion.scope === scope));
  let best: (AppliedPromotions & { savedMinor: bigint }) | undefined;
  for (const scopes of subsetsOf(offered)) {
    const of = (wanted: PromotionScope) =>
      scopes.includes(wanted)
        ? sorted.filter(
            ({ scope, combinesWith }) =>
              scope === wanted && scopes.every((other) => other === scope || combinesWith.includes(other)),
          )
        : [];
    const ofLines = discountLines(lines, of('line'));
    const parts = [...ofLines, ...discountOrder(linesAfter(lines, ofLines), of('order'))];
    const shipping = of('shipping');
    const feesMinor = feesAfter(parts);
    const savedMinor = sumOf(parts) - feesMinor + sumOf(discountFees(feesMinor, shipping));
    if (best === undefined || savedMinor > best.savedMinor) best = { parts, shipping, savedMinor };
  }
  return { parts: best?.parts ?? [], shipping: best?.shipping ?? [] };
}

/** What promotions of the shipping take off its fees: the best one, or those that combine one after another. */
export function discountFees(shippingMinor: bigint, promotions: readonly BasketPromotion[]): PromotionPart[] {
  return bestOrCombined(promotions, 'shipping', (chosen) => {
    let leftMinor = shippingMinor;
    return chosen.flatMap((promotion) => {
      const amountMinor = promotionDiscount(promotion, leftMinor);
      leftMinor -= amountMinor;
      return amountMinor > 0n ? [{ code: promotion.code, lineId: undefined, amountMinor }] : [];
    });
  });
}

/** What parts take off each line. */
export function amountsByLine(parts: readonly PromotionPart[]): Map<string | undefined, bigint> {
  const amounts = new Map<string | undefined, bigint>();
  for (const { lineId, amountMinor } of parts) {
    amounts.set(lineId, (amounts.get(lineId) ?? 0n) + amountMinor);
  }
  return amounts;
}

/** Those of `promotions` that combine within their scope, or the best other one. */
function bestOrCombined(
  promotions: readonly BasketPromotion[],
  scope: PromotionScope,
  discount: (chosen: readonly BasketPromotion[]) => PromotionPart[],
): PromotionPart[] {
  const combines = ({ combinesWith }: BasketPromotion) => combinesWith.includes(scope);
  const alternatives = [
    promotions.filter(combines),
    ...promotions.filter((each) => !combines(each)).map((each) => [each]),
  ].map(discount);
  return alternatives.reduce<PromotionPart[]>((best, each) => (sumOf(each) > sumOf(best) ? each : best), []);
}

function discountLines(
  lines: readonly PromotedLine[],
  promotions: readonly BasketPromotion[],
): PromotionPart[] {
  const byCode = new Map(promotions.map((promotion) => [promotion.code, discountAlone(lines, promotion)]));
  return lines.flatMap(({ lineId, leftMinor: lineMinor }) =>
    bestOrCombined(promotions, 'line', (chosen) => {
      let leftMinor = lineMinor;
      return chosen.flatMap(({ code }) => {
        const wantedMinor = byCode.get(code)?.get(lineId) ?? 0n;
        const amountMinor = wantedMinor < leftMinor ? wantedMinor : leftMinor;
        leftMinor -= amountMinor;
        return amountMinor > 0n ? [{ code, lineId, amountMinor }] : [];
      });
    }),
  );
}

/** What a promotion takes off each line if there is no other. */
function discountAlone(lines: readonly PromotedLine[], promotion: BasketPromotion): Map<string, bigint> {
  const shares = discountedOf(lines, promotion);
  const amountMinor = promotionDiscount(promotion, weightOf(shares));
  const parts = allocateAmount(amountMinor, shares);
  return new Map(shares.map(({ id }, index) => [id, parts[index] ?? 0n]));
}

function discountOrder(
  lines: readonly PromotedLine[],
  promotions: readonly BasketPromotion[],
): PromotionPart[] {
  return bestOrCombined(promotions, 'order', (chosen) => {
    let left = lines;
    return chosen.flatMap((promotion) => {
      const parts = [...discountAlone(left, promotion)]
        .map(([lineId, amountMinor]) => ({ code: promotion.code, lineId, amountMinor }))
        .filter(({ amountMinor }) => amountMinor > 0n);
      left = linesAfter(left, parts);
      return parts;
    });
  });
}

/** How much of each line a promotion discounts. */
function discountedOf(
  lines: readonly PromotedLine[],
  { lineIds, buyLineIds, buyQuantity, getQuantity }: BasketPromotion,
): AmountShare[] {
  const wanted = lineIds && new Set(lineIds);
  const got = lines.filter(({ lineId }) => !wanted || wanted.has(lineId));
  if (buyQuantity == null || getQuantity == null) {
    return got.map(({ lineId, leftMinor }) => ({ id: lineId, weight: leftMinor }));
  }
  const toBuy = new Set(buyLineIds);
  const isBought = (lineId: string) => toBuy.has(lineId);
  const bought = lines.reduce((sum, { lineId, quantity }) => sum + (isBought(lineId) ? quantity : 0), 0);
  const group = buyQuantity + getQuantity;
  // How many of the first units are discounted.
  const discountedBefore = buyLineIds
    ? (units: number) => Math.min(units, Math.floor(bought / buyQuantity) * getQuantity)
    : (units: number) => Math.floor(units / group) * getQuantity + Math.max(0, (units % group) - buyQuantity);
  let units = 0;
  return got
    .filter(({ lineId }) => !isBought(lineId))
    .toSorted((a, b) => compare(b.unitPriceMinor, a.unitPriceMinor) || compare(a.lineId, b.lineId))
    .map(({ lineId, quantity, unitPriceMinor, leftMinor }) => {
      const before = discountedBefore(units);
      units += quantity;
      const weight = BigInt(discountedBefore(units) - before) * unitPriceMinor;
      return { id: lineId, weight: weight < leftMinor ? weight : leftMinor };
    });
}

function linesAfter(lines: readonly PromotedLine[], parts: readonly PromotionPart[]): PromotedLine[] {
  const taken = amountsByLine(parts);
  return lines.map((line) => ({ ...line, leftMinor: line.leftMinor - (taken.get(line.lineId) ?? 0n) }));
}

function subsetsOf<Item>(items: readonly Item[]): Item[][] {
  return items.reduce<Item[][]>(
    (subsets, item) => [...subsets, ...subsets.map((each) => [...each, item])],
    [[]],
  );
}

function sumOf(parts: readonly PromotionPart[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function weightOf(shares: readonly AmountShare[]): bigint {
  return shares.reduce((sum, { weight }) => sum + weight, 0n);
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  return a < b ? -1 : Number(a > b);
}
