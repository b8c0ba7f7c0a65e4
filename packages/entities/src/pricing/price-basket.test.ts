import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toMinorUnits } from './minor-units.ts';
import { type Adjustment, type Charge, noCharges } from './basket.ts';
import { priceBasket, type UnpricedBasket } from './price-basket.ts';
import { taxByRegion } from './tax-by-region.ts';
import { promotionsFor, shareOfOrder } from '../../test/promotion-arbitrary.ts';

const currency = fc.constantFrom(
  { currencyCode: 'JPY', exponent: 0 },
  { currencyCode: 'EUR', exponent: 2 },
  { currencyCode: 'BHD', exponent: 3 },
);
const line = fc.record({
  lineId: fc.uuid(),
  variantId: fc.constantFrom('v', 'w'),
  quantity: fc.integer({ min: 1, max: 9999 }),
  unitPriceMinor: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  isTaxable: fc.boolean(),
  taxClass: fc.constant('standard'),
  weightGrams: fc.nat(),
  requiresShipping: fc.boolean(),
});
const fee = fc.record({
  kind: fc.constantFrom('shipping' as const, 'tax' as const),
  code: fc.constant('given'),
  amountMinor: fc.bigInt({ min: 0n, max: 10n ** 6n }),
});
const basket: fc.Arbitrary<UnpricedBasket> = fc
  .tuple(
    currency,
    fc.uniqueArray(line, { minLength: 1, maxLength: 8, selector: (each) => each.lineId }),
    fc.array(fee, { maxLength: 2 }),
    fc.boolean(),
  )
  .chain(([currency, lines, adjustments, taxIncluded]) =>
    fc.tuple(
      fc.constant({ currency, lines, adjustments, taxIncluded }),
      promotionsFor(lines.map(({ lineId }) => lineId)),
    ),
  )
  .map(([{ currency, lines, adjustments, taxIncluded }, promotions]) => ({
    ...currency,
    lines,
    adjustments,
    promotions,
    // What was computed elsewhere may be more than the price that it would be a part of.
    taxIncluded: taxIncluded && adjustments.every(({ kind }) => kind !== 'tax'),
    at: new Date(),
    destination: { countryCode: 'DE' },
  }));
const free = { shipping: noCharges, tax: noCharges };
const ratePpm = fc.integer({ min: 0, max: 300_000 });

const sum = (amounts: bigint[]) => amounts.reduce((a, b) => a + b, 0n);
const calculators = (rate: number) => ({
  shipping: ({ exponent }: { exponent: number }) => [
    { code: 'standard', amountMinor: toMinorUnits('4.995', exponent) },
  ],
  tax: taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: rate, taxesShipping: true }]),
});

describe('over currencies with 0, 2 and 3 decimals', () => {
  test('the parts sum to the whole, and nothing is negative or 0', () => {
    fc.assert(
      fc.property(basket, ratePpm, (unpriced, rate) => {
        const priced = priceBasket(unpriced, calculators(rate));
        const of = (kind: Adjustment['kind'], lineId?: string) =>
          sum(
            priced.adjustments
              .filter((each) => each.kind === kind && (lineId === undefined || each.lineId === lineId))
              .map((each) => each.amountMinor),
          );
        expect(sum(priced.lines.map((each) => each.totalMinor))).toBe(priced.subtotalMinor);
        expect(sum(priced.lines.map((each) => each.discountMinor))).toBe(priced.discountMinor);
        expect(of('discount')).toBe(priced.discountMinor);
        expect(of('shipping')).toBe(priced.shippingMinor);
        expect(of('tax')).toBe(priced.taxMinor);
        const addedMinor = unpriced.taxIncluded ? 0n : priced.taxMinor;
        expect(priced.subtotalMinor - priced.discountMinor + priced.shippingMinor + addedMinor).toBe(
          priced.totalMinor,
        );
        expect(priced.totalMinor).toBeGreaterThanOrEqual(0n);
        expect(
          priced.adjustments.every(
            ({ kind, amountMinor, taxableMinor }) => kind === 'shipping' || amountMinor > 0n || taxableMinor,
          ),
        ).toBe(true);
        for (const { lineId, totalMinor, discountMinor } of priced.lines) {
          expect(of('discount', lineId)).toBe(discountMinor);
          expect(discountMinor >= 0n && discountMinor <= totalMinor).toBe(true);
        }
      }),
    );
  });

  test('what a line costs does not depend on the order of the lines', () => {
    const shuffled = basket.chain((unpriced) =>
      fc.tuple(
        fc.constant(unpriced),
        fc
          .shuffledSubarray([...unpriced.lines], { minLength: unpriced.lines.length })
          .map((lines) => ({ ...unpriced, lines })),
      ),
    );
    fc.assert(
      fc.property(shuffled, ratePpm, ([first, second], rate) => {
        const byLine = (unpriced: UnpricedBasket) => {
          const { lines, adjustments, ...totals } = priceBasket(unpriced, calculators(rate));
          return {
            ...totals,
            lines: lines.toSorted((a, b) => (a.lineId < b.lineId ? -1 : 1)),
            adjustments: adjustments
              .map(({ kind, code, lineId, amountMinor }) => `${kind} ${code} ${lineId} ${amountMinor}`)
              .toSorted(),
          };
        };
        expect(byLine(second)).toEqual(byLine(first));
      }),
    );
  });

  test('a line’s tax is the exact one in units of the currency, rounded once to its decimals', () => {
    fc.assert(
      fc.property(basket, ratePpm, (unpriced, rate) => {
        const before = { ...unpriced, taxIncluded: false };
        const priced = priceBasket(before, { ...free, tax: calculators(rate).tax });
        for (const { lineId, totalMinor, discountMinor, isTaxable } of priced.lines) {
          // Decimals of the amount and of the rate: the product of both, written out in units.
          const digits = ((totalMinor - discountMinor) * BigInt(rate)).toString();
          const decimals = unpriced.exponent + 6;
          const padded = digits.padStart(decimals + 1, '0');
          const units = `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
          const tax = priced.adjustments.find((each) => each.code === 'VAT' && each.lineId === lineId);
          const exact = isTaxable ? toMinorUnits(units, unpriced.exponent) : 0n;
          expect(tax?.amountMinor ?? 0n).toBe(exact);
        }
      }),
    );
  });
});

const lineOf = (lineId: string, isTaxable = true) => ({
  lineId,
  variantId: 'v',
  isTaxable,
  taxClass: 'standard',
  weightGrams: 500,
  requiresShipping: true,
});

const twoLines: UnpricedBasket = {
  currencyCode: 'EUR',
  exponent: 2,
  taxIncluded: false,
  at: new Date(),
  lines: [
    { ...lineOf('a'), quantity: 3, unitPriceMinor: 333n },
    { ...lineOf('b'), quantity: 1, unitPriceMinor: 1000n },
  ],
  adjustments: [],
  destination: { countryCode: 'CA', region: 'QC' },
};

test('a coupon takes its share of what other discounts leave', () => {
  const adjustments = [{ kind: 'discount' as const, code: 'SALE', amountMinor: 199n }];
  const promotions = [shareOfOrder('TEN', 100_000)];
  const priced = priceBasket({ ...twoLines, adjustments, promotions }, free);
  expect(priced).toMatchObject({
    subtotalMinor: 1999n,
    discountMinor: 379n,
    promotions: [{ code: 'TEN', discountMinor: 180n }],
  });
});

test('a discount of a line takes nothing off the others, and no more than is left of the line', () => {
  const ofLine = (amountMinor: bigint) => [
    { kind: 'discount' as const, code: 'SALE', amountMinor, lineId: 'b' },
  ];
  const promotions = [shareOfOrder('HALF', 500_000)];
  const priced = priceBasket({ ...twoLines, adjustments: ofLine(1000n), promotions }, free);
  expect(priced.lines.map(({ discountMinor }) => discountMinor)).toEqual([500n, 1000n]);
  expect(() => priceBasket({ ...twoLines, adjustments: ofLine(1001n) }, free)).toThrow('the remaining 1000');
});

test('taxes that an amount includes are not more than the amount', () => {
  const adjustments = [{ kind: 'tax' as const, code: 'given', amountMinor: 2000n }];
  expect(() => priceBasket({ ...twoLines, taxIncluded: true, adjustments }, free)).toThrow('not a part');
  expect(priceBasket({ ...twoLines, adjustments }, free).totalMinor).toBe(3999n);
});

test.each([
  { charge: { code: 'x', amountMinor: 1n, ratePpm: 1 }, fault: 'only one of them' },
  { charge: { code: 'x', amountMinor: 5n, ratePpm: 190_000, taxableMinor: 100n }, fault: 'not its rate' },
  { charge: { code: 'x', amountMinor: 1n, ratePpm: 0.5, taxableMinor: 1n }, fault: 'not its rate' },
  { charge: { code: 'x', amountMinor: 1n, ratePpm: 1, taxableMinor: -1n }, fault: 'not its rate' },
  { charge: { code: 'x', amountMinor: -1n }, fault: 'negative' },
  { charge: { code: 'x', amountMinor: 1n, lineId: 'z' }, fault: 'not in the basket' },
])('a calculator whose charge is $fault is refused', ({ charge, fault }) => {
  expect(() => priceBasket(twoLines, { ...free, tax: () => [charge] })).toThrow(fault);
});

describe('a calculator that breaks its type', () => {
  const unpriced: UnpricedBasket = {
    currencyCode: 'EUR',
    exponent: 2,
    taxIncluded: false,
    at: new Date(),
    destination: { countryCode: 'DE' },
    adjustments: [],
    lines: [
      {
        lineId: 'a',
        variantId: 'v',
        quantity: 1,
        unitPriceMinor: 1000n,
        isTaxable: true,
        taxClass: 'standard',
        weightGrams: 1,
        requiresShipping: true,
      },
    ],
  };

  test.each<[string, unknown]>([
    ['a promise', Promise.resolve([])],
    ['nothing', undefined],
    ['a number', [{ code: 'fee', amountMinor: 499 }]],
    ['a text', [{ code: 'fee', amountMinor: '499' }]],
    ['no amount', [{ code: 'fee' }]],
    ['null', [null]],
  ])('is refused as invalid input where it returns %s', (_what, returned) => {
    const calculator = () => returned as Charge[];
    for (const calculators of [
      { shipping: calculator, tax: noCharges },
      { shipping: noCharges, tax: calculator },
    ]) {
      expect(() => priceBasket(unpriced, calculators)).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      );
    }
  });

  test('changes neither the price of a line nor what is taxed where it changes its basket', () => {
    const cheapen = ({ lines }: { lines: readonly { totalMinor: bigint }[] }) => {
      for (const line of lines) line.totalMinor = 1n;
      return [];
    };
    const tax = taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true }]);
    expect(priceBasket(unpriced, { shipping: cheapen, tax })).toMatchObject({
      lines: [{ totalMinor: 1000n }],
      totalMinor: 1190n,
    });
  });
});
