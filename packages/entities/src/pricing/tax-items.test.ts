import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocateAmount } from './allocate-amount.ts';
import { includedShareOf, shareOf } from './minor-units.ts';
import { isOfItsBase } from './tax-base.ts';
import { type ItemTaxes, type TaxArithmetic, taxItems } from './tax-items.ts';

const sum = (amounts: readonly bigint[]) => amounts.reduce((a, b) => a + b, 0n);
const million = 1_000_000n;
const distance = (a: bigint) => (a < 0n ? -a : a);

// Worked out apart from this code, with decimal arithmetic, halves up.
const golden: Record<number, [grossMinor: bigint, netMinor: bigint, taxMinor: bigint][]> = {
  190_000: [
    [1n, 1n, 0n],
    [3n, 3n, 0n],
    [4n, 3n, 1n],
    [33n, 28n, 5n],
    [99n, 83n, 16n],
    [119n, 100n, 19n],
    [999n, 839n, 160n],
    [1999n, 1680n, 319n],
    [999n * 99n, 83_110n, 15_791n],
    [990n, 832n, 158n],
    [1999n - 200n, 1512n, 287n],
    [0n, 0n, 0n],
    [2700n, 2269n, 431n],
  ],
  70_000: [
    [7n, 7n, 0n],
    [8n, 7n, 1n],
    [249n, 233n, 16n],
    [999n * 1999n, 1_866_356n, 130_645n],
    [1800n, 1682n, 118n],
  ],
  200_000: [
    [2n, 2n, 0n],
    [3n, 2n, 1n],
    [999n, 832n, 167n],
    [50n, 42n, 8n],
  ],
  55_000: [[1250n, 1185n, 65n]],
  21_000: [[170n, 167n, 3n]],
  100_000: [
    [5n, 5n, 0n],
    [6n, 5n, 1n],
    [105n, 95n, 10n],
  ],
  81_000: [[1000n, 925n, 75n]],
  255_000: [[999n, 796n, 203n]],
  270_000: [[100n, 79n, 21n]],
  0: [[999n, 999n, 0n]],
};
const goldenCases = Object.entries(golden).flatMap(([ratePpm, amounts]) =>
  amounts.map(([grossMinor, netMinor, taxMinor]) => ({
    ratePpm: Number(ratePpm),
    grossMinor,
    netMinor,
    taxMinor,
  })),
);

const itemsAt = (ratePpm: number, ...amounts: bigint[]) =>
  amounts.map((amountMinor, index) => ({
    id: `line ${index}`,
    amountMinor,
    rates: [{ id: 'VAT', ratePpm }],
  }));
const taxOf = (taxes: readonly ItemTaxes[]) => sum(taxes.flatMap(({ taxesMinor }) => taxesMinor));
const included = (rounding: 'line' | 'order'): TaxArithmetic => ({ taxIncluded: true, rounding });
const added = (rounding: 'line' | 'order'): TaxArithmetic => ({ taxIncluded: false, rounding });

test.each(goldenCases)('$grossMinor with $ratePpm ppm are $netMinor and $taxMinor', (amounts) => {
  const { grossMinor, ratePpm, netMinor, taxMinor } = amounts;
  for (const rounding of ['line', 'order'] as const) {
    expect(taxItems(itemsAt(ratePpm, grossMinor), included(rounding))).toEqual([
      { netMinor, taxesMinor: [taxMinor] },
    ]);
  }
});

test.each([
  { ratePpm: 190_000, grossMinor: 33n, lines: 3, byLineMinor: 15n, byOrderMinor: 16n },
  { ratePpm: 190_000, grossMinor: 99n, lines: 10, byLineMinor: 160n, byOrderMinor: 158n },
  { ratePpm: 200_000, grossMinor: 5n, lines: 10, byLineMinor: 10n, byOrderMinor: 8n },
])(
  '$lines lines of $grossMinor at $ratePpm ppm have $byLineMinor by the line, $byOrderMinor by the order',
  (amounts) => {
    const { ratePpm, grossMinor, lines, byLineMinor, byOrderMinor } = amounts;
    const items = itemsAt(ratePpm, ...Array.from({ length: lines }, () => grossMinor));
    expect(taxOf(taxItems(items, included('line')))).toBe(byLineMinor);
    expect(taxOf(taxItems(items, included('order')))).toBe(byOrderMinor);
  },
);

test.each([
  { what: '3 of 999 at 8.875 %', amountMinor: 2997n, ratePpm: 88_750, taxMinor: 266n },
  { what: '1000 at 7.25 %', amountMinor: 1000n, ratePpm: 72_500, taxMinor: 73n },
])('$what have a tax of $taxMinor on top', ({ amountMinor, ratePpm, taxMinor }) => {
  expect(taxItems(itemsAt(ratePpm, amountMinor), added('line'))).toEqual([
    { netMinor: amountMinor, taxesMinor: [taxMinor] },
  ]);
});

test('several taxes apply side by side: each on the net, or included and rounded together', () => {
  const rates = (...ppm: number[]) => ppm.map((ratePpm, index) => ({ id: `tax ${index}`, ratePpm }));
  const quebec = [{ id: 'a', amountMinor: 10_005n, rates: rates(50_000, 99_750) }];
  expect(taxItems(quebec, added('line'))).toEqual([{ netMinor: 10_005n, taxesMinor: [500n, 998n] }]);
  const both = [{ id: 'a', amountMinor: 1999n, rates: rates(50_000, 70_000) }];
  expect(taxItems(both, included('line'))).toEqual([{ netMinor: 1785n, taxesMinor: [89n, 125n] }]);
});

test('the parts of discounts and of refunds are those of the largest remainder', () => {
  const parts = (amountMinor: bigint, ...weights: bigint[]) =>
    allocateAmount(
      amountMinor,
      weights.map((weight, index) => ({ id: `${index}`, weight })),
    );
  expect(parts(100n, 1n, 1n, 1n)).toEqual([34n, 33n, 33n]);
  expect(parts(1000n, 1999n, 501n, 1n)).toEqual([799n, 200n, 1n]);
  expect(parts(500n, 99n, 99n, 99n, 499n)).toEqual([62n, 62n, 62n, 314n]);
});

test('at 19 % every gross price of 0.01 to 20.00 is charged as labelled, whatever the quantity', () => {
  for (let grossMinor = 1n; grossMinor <= 2000n; grossMinor++) {
    for (const quantity of [1n, 2n, 3n, 7n, 99n, 9999n]) {
      for (const rounding of ['line', 'order'] as const) {
        const [taxes] = taxItems(itemsAt(190_000, grossMinor * quantity), included(rounding));
        expect((taxes?.netMinor ?? 0n) + sum(taxes?.taxesMinor ?? [])).toBe(grossMinor * quantity);
      }
    }
  }
});

test('what is added to a net is what its gross includes', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.integer({ min: 0, max: 999_999 }),
      (net, ratePpm) => {
        const tax = shareOf(net, ratePpm);
        expect(includedShareOf(net + tax, ratePpm)).toBe(tax);
      },
    ),
  );
});

describe('of any items', () => {
  const rates = [
    { id: 'GST', ratePpm: 50_000 },
    { id: 'QST', ratePpm: 99_750 },
    { id: 'reduced', ratePpm: 70_000 },
    { id: 'standard', ratePpm: 190_000 },
    { id: 'zero', ratePpm: 0 },
  ];
  const items = fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      amountMinor: fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 10n ** 12n })),
      rates: fc.subarray(rates),
    }),
    { minLength: 1, maxLength: 8, selector: ({ id }) => id },
  );
  const arithmetic = fc.record({
    taxIncluded: fc.boolean(),
    rounding: fc.constantFrom('line' as const, 'order' as const),
  });

  test('net and taxes make the amount, or the net is the amount; none is negative, or more than the amount', () => {
    fc.assert(
      fc.property(items, arithmetic, (items, arithmetic) => {
        const taxes = taxItems(items, arithmetic);
        for (const [index, { amountMinor }] of items.entries()) {
          const { netMinor, taxesMinor } = taxes[index] as ItemTaxes;
          expect(netMinor >= 0n && taxesMinor.every((tax) => tax >= 0n)).toBe(true);
          expect(arithmetic.taxIncluded ? netMinor + sum(taxesMinor) : netMinor).toBe(amountMinor);
        }
      }),
    );
  });

  test('a tax is the exact one, to less than a unit by the line, and by the order in all', () => {
    fc.assert(
      fc.property(items, arithmetic, (items, arithmetic) => {
        const taxes = taxItems(items, arithmetic);
        // Of all that rounds together, millionfold, and twice, for halves.
        const all = new Map<string, { tax: bigint; exact: bigint; divisor: bigint }>();
        for (const [index, { id, amountMinor, rates }] of items.entries()) {
          const sumPpm = BigInt(rates.reduce((sum, { ratePpm }) => sum + ratePpm, 0));
          const divisor = arithmetic.taxIncluded ? million + sumPpm : million;
          for (const [place, { ratePpm, id: rateId }] of rates.entries()) {
            const tax = taxes[index]?.taxesMinor[place] ?? -1n;
            const together = arithmetic.taxIncluded ? rates.map((rate) => rate.id).join() : '';
            const key = `${rateId} ${together} ${arithmetic.rounding === 'line' ? id : ''}`;
            const so = all.get(key) ?? { tax: 0n, exact: 0n, divisor };
            all.set(key, {
              tax: so.tax + tax,
              exact: so.exact + amountMinor * BigInt(ratePpm),
              divisor,
            });
          }
        }
        for (const { tax, exact, divisor } of all.values()) {
          // Half a unit; more where several included ones were divided.
          const most = arithmetic.taxIncluded ? 3n * divisor : divisor;
          expect(2n * distance(tax * divisor - exact) <= most).toBe(true);
        }
      }),
    );
  });

  test('the taxes of lines differ by at most (n + 1) / 2 from the tax of the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 9 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 300_000 }),
        (amounts, taxIncluded, ratePpm) => {
          const items = itemsAt(ratePpm, ...amounts);
          const [byLine, byOrder] = (['line', 'order'] as const).map((rounding) =>
            taxOf(taxItems(items, { taxIncluded, rounding })),
          );
          expect(2n * distance((byLine ?? 0n) - (byOrder ?? 0n)) <= BigInt(amounts.length + 1)).toBe(true);
        },
      ),
    );
  });

  test('a tax is its rate of the net, as far as an order can have it', () => {
    fc.assert(
      fc.property(items, arithmetic, (items, arithmetic) => {
        for (const [index, { netMinor, taxesMinor }] of taxItems(items, arithmetic).entries()) {
          for (const [place, amountMinor] of taxesMinor.entries()) {
            const { ratePpm } = items[index]?.rates[place] ?? { ratePpm: -1 };
            expect(isOfItsBase({ amountMinor, ratePpm, taxableMinor: netMinor })).toBe(true);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('no tax depends on the order of items or rates', () => {
    const shuffled = items.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
    );
    fc.assert(
      fc.property(shuffled, arithmetic, ([first, second], arithmetic) => {
        const byItem = (items: typeof first) =>
          new Map(
            taxItems(items, arithmetic).map(({ netMinor, taxesMinor }, index) => [
              items[index]?.id,
              {
                netMinor,
                taxes: items[index]?.rates.map(({ id }, place) => `${id} ${taxesMinor[place]}`).toSorted(),
              },
            ]),
          );
        const turned = second.map((item) => ({ ...item, rates: item.rates.toReversed() }));
        expect(byItem(turned)).toEqual(byItem(first));
      }),
    );
  });
});
