import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { promotionsFor } from '../../test/promotion-arbitrary.ts';
import type { BasketPromotion } from './apply-promotions.ts';
import type { BasketLine } from './basket.ts';
import { priceBasket, type UnpricedBasket } from './price-basket.ts';

const lineOf = (lineId: string, quantity: number, unitPriceMinor: bigint): BasketLine => ({
  lineId,
  variantId: lineId,
  quantity,
  unitPriceMinor,
  isTaxable: true,
  taxClass: 'standard',
  weightGrams: 1,
  requiresShipping: true,
});
const place = {
  currencyCode: 'EUR',
  exponent: 2,
  taxIncluded: true,
  at: new Date(),
  destination: { countryCode: 'DE' },
  adjustments: [],
};
const feeMinor = 500n;
const calculators = {
  shipping: () => [{ code: 'standard', amountMinor: feeMinor }],
  tax: () => [],
};
const price = (lines: readonly BasketLine[], promotions: readonly BasketPromotion[]) =>
  priceBasket({ ...place, lines, promotions }, calculators);

/** What each line and the shipping get off, by promotion: `A of tee: 100`. */
function given(lines: readonly BasketLine[], promotions: readonly BasketPromotion[]) {
  const { adjustments, promotions: used, shippingMinor } = price(lines, promotions);
  const discounts = adjustments
    .filter(({ kind }) => kind === 'discount')
    .map(({ code, lineId, amountMinor }) => `${code} of ${lineId}: ${amountMinor}`);
  const shipping = shippingMinor < feeMinor ? [`shipping ${shippingMinor}`] : [];
  expect(used.reduce((sum, { discountMinor }) => sum + discountMinor, 0n)).toBe(
    adjustments.reduce((sum, { kind, amountMinor }) => sum + (kind === 'discount' ? amountMinor : 0n), 0n) +
      feeMinor -
      shippingMinor,
  );
  return [...discounts, ...shipping];
}

const promotion = (code: string, more: Partial<BasketPromotion>): BasketPromotion => ({
  code,
  scope: 'line',
  ratePpm: null,
  amountMinor: null,
  priority: 0,
  combinesWith: [],
  ...more,
});
const share = (code: string, percent: number, more: Partial<BasketPromotion> = {}) =>
  promotion(code, { ratePpm: percent * 10_000, ...more });
const amount = (code: string, amountMinor: bigint, more: Partial<BasketPromotion> = {}) =>
  promotion(code, { amountMinor, ...more });
const freeShipping = (code: string, more: Partial<BasketPromotion> = {}) =>
  share(code, 100, { scope: 'shipping', ...more });

const tee = lineOf('tee', 2, 1000n);
const coat = lineOf('coat', 1, 5000n);

describe('combination', () => {
  const cases: { what: string; promotions: BasketPromotion[]; expected: string[] }[] = [
    {
      what: 'of two of lines, each line gets the better one',
      promotions: [share('A', 10), share('B', 20, { lineIds: ['tee'] })],
      expected: ['B of tee: 400', 'A of coat: 500'],
    },
    {
      what: 'two of lines that both combine add up, each computed by itself',
      promotions: [
        share('A', 10, { combinesWith: ['line'] }),
        share('B', 20, { lineIds: ['tee'], combinesWith: ['line'] }),
      ],
      expected: ['A of tee: 200', 'B of tee: 400', 'A of coat: 500'],
    },
    {
      what: 'combining is of both sides',
      promotions: [share('A', 10, { combinesWith: ['line'] }), share('B', 20)],
      expected: ['B of tee: 400', 'B of coat: 1000'],
    },
    {
      what: 'two that are more than a line stop at its price',
      promotions: [
        share('A', 60, { lineIds: ['tee'], combinesWith: ['line'] }),
        share('B', 70, { lineIds: ['tee'], combinesWith: ['line'] }),
      ],
      expected: ['A of tee: 1200', 'B of tee: 800'],
    },
    {
      what: 'of the order and of lines, the better one',
      promotions: [share('A', 10), amount('B', 900n, { scope: 'order' })],
      expected: ['B of tee: 257', 'B of coat: 643'],
    },
    {
      what: 'of the order on what those of lines left, where both combine',
      promotions: [
        share('A', 50, { lineIds: ['tee'], combinesWith: ['order'] }),
        share('B', 10, { scope: 'order', combinesWith: ['line'] }),
      ],
      expected: ['A of tee: 1000', 'B of tee: 100', 'B of coat: 500'],
    },
    {
      what: 'of the order by priority, where they combine',
      promotions: [
        share('A', 10, { scope: 'order', combinesWith: ['order'], priority: 1, lineIds: null }),
        amount('B', 1000n, { scope: 'order', combinesWith: ['order'] }),
      ],
      expected: ['B of tee: 286', 'B of coat: 714', 'A of tee: 171', 'A of coat: 429'],
    },
    {
      what: 'free shipping instead of less',
      promotions: [freeShipping('A'), amount('B', 499n, { scope: 'order' })],
      expected: ['shipping 0'],
    },
    {
      what: 'free shipping with others that combine',
      promotions: [
        freeShipping('A', { combinesWith: ['order'] }),
        amount('B', 700n, { scope: 'order', combinesWith: ['shipping'] }),
      ],
      expected: ['B of tee: 200', 'B of coat: 500', 'shipping 0'],
    },
    {
      what: 'an amount off the shipping takes no more than the fee',
      promotions: [amount('A', 9999n, { scope: 'shipping' })],
      expected: ['shipping 0'],
    },
    {
      what: 'none with a scope that one of them excludes',
      promotions: [
        share('A', 10, { combinesWith: ['order', 'shipping'] }),
        amount('B', 600n, { scope: 'order', combinesWith: ['line'] }),
        freeShipping('C', { combinesWith: ['line'] }),
      ],
      expected: ['A of tee: 200', 'A of coat: 500', 'B of tee: 171', 'B of coat: 429'],
    },
  ];
  test.each(cases)('$what', ({ promotions, expected }) => {
    expect(given([tee, coat], promotions)).toEqual(expected);
  });
});

describe('buy X get Y', () => {
  const units = (...prices: bigint[]) => prices.map((each, index) => lineOf(`l${index}`, 1, each));
  const cases: { what: string; lines: BasketLine[]; promotion: BasketPromotion; expected: string[] }[] = [
    {
      what: 'three for two: the dearest are bought, the cheapest of three is free',
      lines: units(300n, 200n, 100n),
      promotion: share('A', 100, { buyQuantity: 2, getQuantity: 1 }),
      expected: ['A of l2: 100'],
    },
    {
      what: 'each unit counts once: five make one three',
      lines: [lineOf('l0', 5, 100n)],
      promotion: share('A', 100, { buyQuantity: 2, getQuantity: 1 }),
      expected: ['A of l0: 100'],
    },
    {
      what: 'a million units of one line',
      lines: [lineOf('l0', 1_000_000, 3n)],
      promotion: share('A', 50, { buyQuantity: 1, getQuantity: 1 }),
      expected: ['A of l0: 750000'],
    },
    {
      what: 'a group that is not full discounts what there is beyond what is bought',
      lines: [lineOf('l0', 3, 100n)],
      promotion: share('A', 100, { buyQuantity: 2, getQuantity: 2 }),
      expected: ['A of l0: 100'],
    },
    {
      what: 'buy a coat, get the dearest tee for half of its price',
      lines: [coat, lineOf('cheap', 1, 700n), lineOf('dear', 3, 900n)],
      promotion: share('A', 50, {
        buyQuantity: 1,
        getQuantity: 1,
        lineIds: ['cheap', 'dear'],
        buyLineIds: ['coat'],
      }),
      expected: ['A of dear: 450'],
    },
    {
      what: 'what is bought is not discounted, though it is of both',
      lines: [lineOf('l0', 2, 100n)],
      promotion: share('A', 100, { buyQuantity: 1, getQuantity: 1, lineIds: ['l0'], buyLineIds: ['l0'] }),
      expected: [],
    },
    {
      what: 'no more than there is to get',
      lines: [lineOf('coat', 9, 5000n), lineOf('tee', 1, 100n)],
      promotion: share('A', 100, {
        buyQuantity: 1,
        getQuantity: 2,
        lineIds: ['tee'],
        buyLineIds: ['coat'],
      }),
      expected: ['A of tee: 100'],
    },
  ];
  test.each(cases)('$what', ({ lines, promotion, expected }) => {
    expect(given(lines, [promotion])).toEqual(expected);
  });
});

test('a fee that a discount makes dearer is counted, and a fee that is free stays in the price', () => {
  const shipping = ({ lines }: { lines: readonly { totalMinor: bigint; discountMinor: bigint }[] }) => [
    {
      code: 'standard',
      amountMinor:
        lines.reduce((sum, each) => sum + each.totalMinor - each.discountMinor, 0n) < 6500n ? 900n : 0n,
    },
  ];
  const unpriced = { ...place, lines: [tee, coat], promotions: [amount('A', 800n, { scope: 'order' })] };
  expect(priceBasket(unpriced, { ...calculators, shipping })).toMatchObject({
    totalMinor: 7000n,
    promotions: [],
  });
  const free = { ...unpriced, promotions: [freeShipping('A')] };
  expect(priceBasket(free, calculators)).toMatchObject({
    adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: 0n }],
    shippingMinor: 0n,
    discountMinor: 0n,
    promotions: [{ code: 'A', discountMinor: 500n }],
  });
});

describe('of any lines and promotions', () => {
  const lines = fc.uniqueArray(
    fc
      .tuple(
        fc.stringMatching(/^[a-z]{2}$/),
        fc.integer({ min: 1, max: 12 }),
        fc.bigInt({ min: 0n, max: 9999n }),
      )
      .map(([lineId, quantity, unitPriceMinor]) => lineOf(lineId, quantity, unitPriceMinor)),
    { minLength: 1, maxLength: 6, selector: ({ lineId }) => lineId },
  );
  const cases = lines.chain((each) =>
    fc.tuple(fc.constant(each), promotionsFor(each.map(({ lineId }) => lineId))),
  );

  test('the price does not depend on the order of the promotions and of the lines', () => {
    fc.assert(
      fc.property(cases, ([lines, promotions]) => {
        const forms = [
          given(lines, promotions),
          given(lines, promotions.toReversed()),
          given(lines.toReversed(), promotions),
        ];
        expect(new Set(forms.map((each) => each.toSorted().join())).size).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  test('another promotion never raises the total, and none takes it below 0', () => {
    fc.assert(
      fc.property(cases, ([lines, promotions]) => {
        const totals = promotions.map((_, count) => price(lines, promotions.slice(0, count)).totalMinor);
        const all = price(lines, promotions);
        for (const [index, totalMinor] of [...totals, all.totalMinor].entries()) {
          expect(totalMinor).toBeLessThanOrEqual(totals[index - 1] ?? totalMinor);
          expect(totalMinor).toBeGreaterThanOrEqual(0n);
        }
        for (const { discountMinor, totalMinor } of all.lines) {
          expect(discountMinor >= 0n && discountMinor <= totalMinor).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('no two that exclude each other are used on the same line, or of two scopes', () => {
    fc.assert(
      fc.property(cases, ([lines, promotions]) => {
        const { adjustments, promotions: used } = price(lines, promotions);
        const byCode = new Map(promotions.map((each) => [each.code, each]));
        const linesOf = (code: string) =>
          new Set(adjustments.filter((each) => each.code === code).map(({ lineId }) => lineId));
        const chosen = used.flatMap(({ code }) => byCode.get(code) ?? []);
        const share = (a: BasketPromotion, b: BasketPromotion) =>
          a.scope !== 'line' ||
          b.scope !== 'line' ||
          [...linesOf(a.code)].some((id) => linesOf(b.code).has(id));
        const wrong = chosen.flatMap((a) =>
          chosen.filter((b) => a !== b && share(a, b) && !a.combinesWith.includes(b.scope)),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

test('an unknown line of a promotion is no line', () => {
  const unpriced: UnpricedBasket = {
    ...place,
    lines: [tee],
    promotions: [share('A', 10, { lineIds: ['x'] })],
  };
  expect(priceBasket(unpriced, calculators).discountMinor).toBe(0n);
});
