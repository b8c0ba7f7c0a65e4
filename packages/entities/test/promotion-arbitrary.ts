import fc from 'fast-check';
import { type BasketPromotion, promotionScopes } from '../src/pricing/apply-promotions.ts';

/** A promotion of the order, which combines with no other. */
export function shareOfOrder(code: string, ratePpm: number): BasketPromotion {
  return { code, scope: 'order', ratePpm, amountMinor: null, priority: 0, combinesWith: [] };
}

/** Up to 5 promotions of any kind for a basket of these lines. */
export function promotionsFor(lineIds: readonly string[]): fc.Arbitrary<BasketPromotion[]> {
  const rate = fc.record({
    ratePpm: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 1_000_000 })),
    amountMinor: fc.constant(null),
  });
  const amount = fc.record({
    ratePpm: fc.constant(null),
    amountMinor: fc.oneof(fc.bigInt({ min: 1n, max: 5000n }), fc.bigInt({ min: 1n, max: 10n ** 12n })),
  });
  const some = fc.option(fc.subarray([...lineIds]), { nil: null });
  const common = {
    code: fc.stringMatching(/^[A-Z]{3}$/),
    priority: fc.nat(2),
    combinesWith: fc.subarray([...promotionScopes]),
  };
  const plain = fc
    .tuple(fc.record({ ...common, scope: fc.constantFrom(...promotionScopes) }), fc.oneof(rate, amount), some)
    .map(([promotion, discount, lineIds]) => ({
      ...promotion,
      ...discount,
      lineIds: promotion.scope === 'line' ? lineIds : null,
    }));
  const buyGet = fc
    .tuple(
      fc.record({
        ...common,
        scope: fc.constant('line' as const),
        buyQuantity: fc.integer({ min: 1, max: 4 }),
        getQuantity: fc.integer({ min: 1, max: 4 }),
        lineIds: some,
        buyLineIds: some,
      }),
      rate,
    )
    .map(([promotion, discount]) => ({ ...promotion, ...discount }));
  return fc.uniqueArray(fc.oneof(plain, plain, buyGet), { maxLength: 5, selector: ({ code }) => code });
}
