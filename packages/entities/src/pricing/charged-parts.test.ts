import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChargedOrder, type ChargedPart, chargedParts, nextShare, taxOf } from './charged-parts.ts';
import { shareOfOrder } from '../../test/promotion-arbitrary.ts';
import { priceBasket } from './price-basket.ts';
import { taxByRegion } from './tax-by-region.ts';

const nothing: ChargedPart = { grossMinor: 0n, taxes: [] };

/** What each refund of a part gives, in their order. */
function split(part: ChargedPart, quantities: readonly number[]): ChargedPart[] {
  const of = BigInt(quantities.reduce((sum, quantity) => sum + quantity, 0));
  let upTo = 0n;
  let credited = nothing;
  return quantities.map((quantity) => {
    upTo += BigInt(quantity);
    const share = nextShare(part, credited, { upTo, of });
    credited = sum([credited, share]);
    return share;
  });
}

function sum(parts: readonly ChargedPart[]): ChargedPart {
  const codes = [...new Set(parts.flatMap(({ taxes }) => taxes.map(({ code }) => code)))].toSorted();
  return {
    grossMinor: parts.reduce((sum, { grossMinor }) => sum + grossMinor, 0n),
    taxes: codes.map((code) => ({
      code,
      amountMinor: parts
        .flatMap(({ taxes }) => taxes)
        .filter((tax) => tax.code === code)
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    })),
  };
}

test.each([
  {
    what: '3 x 1000, 19 % of which 479',
    gross: 3000n,
    tax: 479n,
    grosses: [1000n, 1000n, 1000n],
    taxes: [160n, 159n, 160n],
  },
  { what: '3 x 33, 19 % of which 16', gross: 99n, tax: 16n, grosses: [33n, 33n, 33n], taxes: [5n, 6n, 5n] },
  {
    what: '3 x 999 less 1000, 19 % of which 319',
    gross: 1997n,
    tax: 319n,
    grosses: [666n, 665n, 666n],
    taxes: [106n, 107n, 106n],
  },
])('unit by unit, $what are refunded as the golden values say', ({ gross, tax, grosses, taxes }) => {
  const refunds = split({ grossMinor: gross, taxes: [{ code: 'VAT', amountMinor: tax }] }, [1, 1, 1]);
  expect(refunds.map(({ grossMinor }) => grossMinor)).toEqual(grosses);
  expect(refunds.map(taxOf)).toEqual(taxes);
});

const partArbitrary = fc
  .record({
    netMinor: fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 10n ** 12n)),
    taxes: fc.array(fc.oneof(fc.bigInt(1n, 3n), fc.bigInt(1n, 10n ** 12n)), { maxLength: 4 }),
  })
  .map(({ netMinor, taxes }): ChargedPart => ({
    grossMinor: taxes.reduce((sum, tax) => sum + tax, netMinor),
    taxes: taxes.map((amountMinor, index) => ({ code: `tax ${index}`, amountMinor })),
  }));
const quantities = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9999 })), {
  minLength: 1,
  maxLength: 12,
});

test('however a part is refunded, the refunds make it, and none has more tax than it returns', () => {
  fc.assert(
    fc.property(partArbitrary, quantities, (part, units) => {
      const refunds = split(part, units);
      expect(sum(refunds)).toEqual(part);
      const all = BigInt(units.reduce((sum, each) => sum + each, 0));
      for (const [index, refund] of refunds.entries()) {
        expect(refund.grossMinor >= 0n && taxOf(refund) <= refund.grossMinor).toBe(true);
        expect(refund.taxes.every(({ amountMinor }) => amountMinor > 0n)).toBe(true);
        // Less than a minor unit from the exact share.
        const exact = part.grossMinor * BigInt(units[index] ?? 0);
        const error = refund.grossMinor * all - exact;
        expect(error <= all && -error <= all).toBe(true);
      }
    }),
  );
});

const amounts = fc.bigInt(0n, 100_000n);
const pricedOrder = fc
  .record({
    lines: fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 9 }),
        unitPriceMinor: amounts,
        isTaxable: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    discountPpm: fc.integer({ min: 0, max: 1_000_000 }),
    shippingMinor: amounts,
    taxesShipping: fc.boolean(),
    serviceTaxMinor: amounts,
  })
  .map(({ lines, discountPpm, shippingMinor, taxesShipping, serviceTaxMinor }) =>
    priceBasket(
      {
        currencyCode: 'EUR',
        taxIncluded: false,
        at: new Date('2026-11-30T12:00:00Z'),
        exponent: 2,
        destination: { countryCode: 'DE' },
        lines: lines.map((line, index) => ({
          ...line,
          lineId: `line ${index}`,
          variantId: `v${index}`,
          taxClass: 'standard',
          weightGrams: 0,
          requiresShipping: true,
        })),
        adjustments: [{ kind: 'tax', code: 'of a tax service', amountMinor: serviceTaxMinor }],
        promotions: [shareOfOrder('SAVE', discountPpm)],
      },
      {
        shipping: () => [{ code: 'standard', amountMinor: shippingMinor }],
        tax: taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping }]),
      },
    ),
  );

const asCharged = ({ lines, adjustments }: ReturnType<typeof priceBasket>): ChargedOrder => ({
  isTaxIncluded: false,
  lines: lines.map(({ lineId, totalMinor }) => ({ lineId, totalMinor })),
  adjustments: adjustments.map(({ lineId, ...each }) => ({ ...each, lineId: lineId ?? null })),
});

test('the parts of an order make its total, its tax, and the tax of each line', () => {
  fc.assert(
    fc.property(pricedOrder, (order) => {
      const { lines, shipping } = chargedParts(asCharged(order));
      const whole = sum([...lines.values(), shipping]);
      expect(whole.grossMinor).toBe(order.totalMinor);
      expect(taxOf(whole)).toBe(order.taxMinor);
    }),
  );
});

test('with tax included, the taxes are in the amounts', () => {
  const order: ChargedOrder = {
    isTaxIncluded: true,
    lines: [{ lineId: 'a', totalMinor: 1999n }],
    adjustments: [
      { kind: 'discount', code: 'SAVE', amountMinor: 200n, lineId: 'a' },
      { kind: 'tax', code: 'VAT', amountMinor: 287n, lineId: 'a' },
      { kind: 'shipping', code: 'standard', amountMinor: 490n, lineId: null },
      { kind: 'tax', code: 'VAT', amountMinor: 78n, lineId: null },
    ],
  };
  const { lines, shipping } = chargedParts(order);
  expect(lines.get('a')).toEqual({ grossMinor: 1799n, taxes: [{ code: 'VAT', amountMinor: 287n }] });
  expect(shipping).toEqual({ grossMinor: 490n, taxes: [{ code: 'VAT', amountMinor: 78n }] });
});

const line = (lineId: string, totalMinor: bigint) => ({ lineId, totalMinor });

test('a tax of one code is kept apart by its rate, the fee of free goods included', () => {
  const vat = { kind: 'tax' as const, code: 'VAT' };
  const { lines, shipping } = chargedParts({
    isTaxIncluded: true,
    lines: [line('free', 0n), line('book', 1000n)],
    adjustments: [
      { ...vat, ratePpm: 70_000, amountMinor: 65n, lineId: 'book' },
      { kind: 'shipping', code: 'standard', amountMinor: 980n, lineId: null },
      { ...vat, ratePpm: 190_000, amountMinor: 78n, lineId: null },
      { ...vat, ratePpm: 70_000, amountMinor: 32n, lineId: null },
    ],
  });
  expect(lines.get('book')?.taxes).toEqual([{ code: 'VAT', ratePpm: 70_000, amountMinor: 65n }]);
  expect(shipping.taxes).toEqual([
    { code: 'VAT', ratePpm: 190_000, amountMinor: 78n },
    { code: 'VAT', ratePpm: 70_000, amountMinor: 32n },
  ]);
});

test('the tax of the fee of a free gift is not that of a voucher, which is exempt', () => {
  const goods = { quantity: 1, taxClass: 'standard', weightGrams: 0 };
  const order = priceBasket(
    {
      currencyCode: 'EUR',
      taxIncluded: false,
      at: new Date('2026-11-30T12:00:00Z'),
      exponent: 2,
      destination: { countryCode: 'DE' },
      lines: [
        {
          ...goods,
          lineId: 'gift',
          variantId: 'v1',
          unitPriceMinor: 0n,
          isTaxable: true,
          requiresShipping: true,
        },
        {
          ...goods,
          lineId: 'voucher',
          variantId: 'v2',
          unitPriceMinor: 1000n,
          isTaxable: false,
          requiresShipping: false,
        },
      ],
      adjustments: [],
    },
    {
      shipping: () => [{ code: 'standard', amountMinor: 490n }],
      tax: taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true }]),
    },
  );
  const { lines, shipping } = chargedParts(asCharged(order));
  expect(lines.get('voucher')).toEqual({ grossMinor: 1000n, taxes: [] });
  expect(shipping).toEqual({
    grossMinor: 583n,
    taxes: [{ code: 'VAT', ratePpm: 190_000, amountMinor: 93n }],
  });
});

const adjusted = (
  kind: 'discount' | 'shipping' | 'tax',
  amountMinor: bigint,
  lineId: string | null = null,
) => ({
  kind,
  code: 'VAT',
  amountMinor,
  lineId,
});

test.each([
  {
    what: 'a tax of the whole order that a line has, too, is that of the shipping',
    adjustments: [adjusted('shipping', 500n), adjusted('tax', 190n, 'a'), adjusted('tax', 95n)],
    grosses: { a: 1190n, b: 3000n, shipping: 595n },
  },
  {
    what: 'nor is it of the others where the tax of the line is rounded to 0',
    adjustments: [adjusted('shipping', 500n), adjusted('tax', 0n, 'a'), adjusted('tax', 95n)],
    grosses: { a: 1000n, b: 3000n, shipping: 595n },
  },
  {
    what: 'one of more than the shipping costs is shared by what costs, too',
    adjustments: [adjusted('shipping', 1000n), adjusted('tax', 190n, 'a'), adjusted('tax', 1002n)],
    grosses: { a: 1691n, b: 3000n, shipping: 1501n },
  },
  {
    what: 'without shipping, it is of the lines that have it',
    adjustments: [adjusted('tax', 190n, 'a'), adjusted('tax', 10n)],
    grosses: { a: 1200n, b: 3000n, shipping: 0n },
  },
  {
    what: 'a tax that no line has is shared by what the parts cost',
    adjustments: [adjusted('shipping', 1000n), adjusted('tax', 500n)],
    grosses: { a: 1100n, b: 3300n, shipping: 1100n },
  },
  {
    what: 'a discount of the whole order is taken off the shipping first, then off the lines',
    adjustments: [adjusted('shipping', 500n), adjusted('discount', 900n)],
    grosses: { a: 900n, b: 2700n, shipping: 0n },
  },
])('$what', ({ adjustments, grosses }) => {
  const { lines, shipping } = chargedParts({
    isTaxIncluded: false,
    lines: [line('a', 1000n), line('b', 3000n)],
    adjustments,
  });
  expect({
    a: lines.get('a')?.grossMinor,
    b: lines.get('b')?.grossMinor,
    shipping: shipping.grossMinor,
  }).toEqual(grosses);
});
