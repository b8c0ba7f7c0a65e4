import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Charge } from './basket.ts';
import { type PricedBasket, priceBasket, type UnpricedBasket } from './price-basket.ts';
import { taxByRegion, type TaxOptions, type TaxRate } from './tax-by-region.ts';

const german: TaxRate[] = [
  { code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true },
  { code: 'VAT', taxClass: 'reduced', countryCode: 'DE', ratePpm: 70_000, taxesShipping: true },
];
const canadian: TaxRate[] = [
  { code: 'GST', countryCode: 'CA', ratePpm: 50_000, taxesShipping: true },
  { code: 'QST', countryCode: 'CA', region: 'QC', ratePpm: 99_750, taxesShipping: false },
  { code: 'PST', countryCode: 'CA', region: 'BC', ratePpm: 70_000, taxesShipping: true },
];

interface TestLine {
  unitPriceMinor: bigint;
  quantity?: number;
  taxClass?: string;
  isTaxable?: boolean;
  requiresShipping?: boolean;
}

interface Order extends TaxOptions {
  taxIncluded?: boolean;
  lines: TestLine[];
  fees?: Charge[];
  discountMinor?: bigint;
  destination?: UnpricedBasket['destination'];
  rates?: TaxRate[];
  at?: Date;
}

/** The price of lines named a, b, c... */
function price({
  lines,
  fees = [],
  discountMinor = 0n,
  rates = german,
  rounding,
  ...order
}: Order): PricedBasket {
  const basket: UnpricedBasket = {
    currencyCode: 'EUR',
    exponent: 2,
    taxIncluded: true,
    at: new Date(),
    destination: { countryCode: 'DE' },
    adjustments: [{ kind: 'discount', code: 'off', amountMinor: discountMinor }],
    ...order,
    lines: lines.map((line, index) => ({
      lineId: String.fromCodePoint(97 + index),
      variantId: `${index}`,
      quantity: 1,
      isTaxable: true,
      taxClass: 'standard',
      weightGrams: 1,
      requiresShipping: true,
      ...line,
    })),
  };
  return priceBasket(basket, { shipping: () => fees, tax: taxByRegion(rates, { rounding }) });
}

/** Each tax as `line code tax of net`. */
const taxesOf = ({ adjustments }: PricedBasket) =>
  adjustments
    .filter(({ kind }) => kind === 'tax')
    .map((tax) => `${tax.lineId ?? 'fee'} ${tax.code} ${tax.amountMinor} of ${tax.taxableMinor}`);

const twoClasses = [{ unitPriceMinor: 3000n }, { unitPriceMinor: 2000n, taxClass: 'reduced' }];
const post = (amountMinor: bigint, lineId?: string) => ({ code: 'post', amountMinor, lineId });

test('at 19 % every gross price of 0.01 to 20.00 is charged as labelled, whatever the quantity', () => {
  for (let unitPriceMinor = 1n; unitPriceMinor <= 2000n; unitPriceMinor++) {
    for (const quantity of [1, 2, 3, 99, 9999]) {
      const { totalMinor, taxMinor } = price({ lines: [{ unitPriceMinor, quantity }] });
      expect(totalMinor).toBe(unitPriceMinor * BigInt(quantity));
      expect(taxMinor >= 0n && taxMinor <= totalMinor).toBe(true);
    }
  }
});

test('shipping is taxed like the goods, by their share of the value', () => {
  const included = price({ lines: twoClasses, fees: [post(490n)] });
  expect(taxesOf(included)).toEqual([
    'a VAT 479 of 2521',
    'b VAT 131 of 1869',
    'fee VAT 47 of 247',
    'fee VAT 13 of 183',
  ]);
  expect(included.totalMinor).toBe(5490n);
  const added = price({ lines: twoClasses, fees: [post(490n)], taxIncluded: false });
  expect(taxesOf(added)).toEqual([
    'a VAT 570 of 3000',
    'b VAT 140 of 2000',
    'fee VAT 56 of 294',
    'fee VAT 14 of 196',
  ]);
  expect(added.totalMinor).toBe(5490n + 780n);
});

test('a discount lowers the lines, and so their taxes', () => {
  expect(taxesOf(price({ lines: twoClasses, discountMinor: 500n }))).toEqual([
    'a VAT 431 of 2269',
    'b VAT 118 of 1682',
  ]);
  const free = price({ lines: twoClasses, discountMinor: 5000n });
  expect({ taxes: taxesOf(free), totalMinor: free.totalMinor }).toEqual({ taxes: [], totalMinor: 0n });
});

test('the fee of a free order is taxed', () => {
  const free = price({ lines: twoClasses, discountMinor: 5000n, fees: [post(490n)] });
  expect(taxesOf(free)).toEqual(['fee VAT 39 of 206', 'fee VAT 16 of 229']);
  expect(free.totalMinor).toBe(490n);
});

test('the order is rounded as a whole, its shipping with it, and divided over the lines', () => {
  const lines = Array.from({ length: 10 }, () => ({ unitPriceMinor: 99n }));
  expect(price({ lines }).taxMinor).toBe(160n);
  const whole = price({ lines, rounding: 'order' });
  expect(whole.taxMinor).toBe(158n);
  expect(taxesOf(whole).slice(6)).toEqual(
    Array.from('ghij', (line) => `${line} VAT ${line < 'i' ? 16 : 15} of ${line < 'i' ? 83 : 84}`),
  );
  expect(price({ lines, rounding: 'order', fees: [post(9n)] }).taxMinor).toBe(160n);
});

test('the taxes of a country and of its region apply, those of another region do not', () => {
  const order: Order = {
    lines: [{ unitPriceMinor: 333n, quantity: 3 }, { unitPriceMinor: 1000n }],
    fees: [post(500n)],
    rates: canadian,
    taxIncluded: false,
    destination: { countryCode: 'CA', region: 'QC' },
  };
  expect(taxesOf(price(order))).toEqual([
    'a GST 50 of 999',
    'a QST 100 of 999',
    'b GST 50 of 1000',
    'b QST 100 of 1000',
    'fee GST 25 of 500',
  ]);
  expect(taxesOf(price({ ...order, destination: { countryCode: 'CA', region: 'AB' } }))).toEqual([
    'a GST 50 of 999',
    'b GST 50 of 1000',
    'fee GST 25 of 500',
  ]);
});

test('a rate that taxes no shipping leaves the fee untaxed', () => {
  const rates = german.map((rate) => ({ ...rate, taxesShipping: false }));
  expect(taxesOf(price({ lines: twoClasses, fees: [post(490n)], rates }))).toEqual([
    'a VAT 479 of 2521',
    'b VAT 131 of 1869',
    'fee exempt 0 of 490',
  ]);
});

const book = { unitPriceMinor: 1000n, isTaxable: false };
const cup = { unitPriceMinor: 1190n };
test.each<Order & { what: string; taxes: string[] }>([
  {
    what: 'the order',
    lines: [cup, book],
    fees: [post(219n)],
    taxes: ['a VAT 190 of 1000', 'b exempt 0 of 1000', 'fee VAT 19 of 100', 'fee exempt 0 of 100'],
  },
  {
    what: 'a taxable line',
    lines: [cup, book],
    fees: [post(119n, 'a')],
    taxes: ['a VAT 190 of 1000', 'b exempt 0 of 1000', 'fee VAT 19 of 100'],
  },
  {
    what: 'a line that is not',
    lines: [cup, book],
    fees: [post(119n, 'b')],
    taxes: ['a VAT 190 of 1000', 'b exempt 0 of 1000', 'fee exempt 0 of 119'],
  },
  {
    what: 'no taxable line',
    lines: [book],
    fees: [post(119n)],
    taxes: ['a exempt 0 of 1000', 'fee exempt 0 of 119'],
  },
  {
    what: 'the order, of which only the book is sent',
    lines: [{ ...cup, requiresShipping: false }, book],
    fees: [post(119n)],
    taxes: ['a VAT 190 of 1000', 'b exempt 0 of 1000', 'fee exempt 0 of 119'],
  },
])('a variant that is not taxable has a base and no tax, with a fee of $what', ({ taxes, ...order }) => {
  expect(taxesOf(price(order))).toEqual(taxes);
});

describe('rates', () => {
  const refused = expect.objectContaining({ name: 'UserError', code: 'tax-class-without-rate' });

  test('of a class that are missing in a country that has others refuse the line, rather than charge 0', () => {
    const lines = [{ unitPriceMinor: 100n }, { unitPriceMinor: 100n, taxClass: 'books' }];
    expect(() => price({ lines })).toThrow(refused);
    expect(() => price({ lines: lines.map((line) => ({ ...line, isTaxable: false })) })).not.toThrow();
    const zero = { code: 'VAT', taxClass: 'books', countryCode: 'DE', ratePpm: 0, taxesShipping: true };
    expect(taxesOf(price({ lines, rates: [...german, zero] }))).toEqual(['a VAT 16 of 84', 'b VAT 0 of 100']);
  });

  test('of a country that has none make no tax, and the price stays what its label says', () => {
    const destination = { countryCode: 'JP' };
    const order = price({ lines: [{ unitPriceMinor: 100n, taxClass: 'books' }], destination });
    expect({ taxes: taxesOf(order), totalMinor: order.totalMinor }).toEqual({ taxes: [], totalMinor: 100n });
  });

  test('apply from their beginning until their end', () => {
    const [july, january] = [new Date('2020-07-01T00:00Z'), new Date('2021-01-01T00:00Z')];
    const vat = { code: 'VAT', countryCode: 'DE', taxesShipping: true };
    const rates = [
      { ...vat, ratePpm: 190_000, until: july },
      { ...vat, ratePpm: 160_000, from: july, until: january },
      { ...vat, ratePpm: 190_000, from: january },
    ];
    const taxAt = (at: Date) => taxesOf(price({ lines: [{ unitPriceMinor: 11_600n }], rates, at }));
    const before = (date: Date) => new Date(date.getTime() - 1);
    expect([before(july), july, before(january), january].map(taxAt)).toEqual([
      ['a VAT 1852 of 9748'],
      ['a VAT 1600 of 10000'],
      ['a VAT 1600 of 10000'],
      ['a VAT 1852 of 9748'],
    ]);
  });

  test.each([0.19, -1, Number.NaN, 1e30, 10_000_001])('of %d millionths are refused', (ratePpm) => {
    expect(() => taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm, taxesShipping: true }])).toThrow(
      expect.objectContaining({ code: 'invalid-settings' }),
    );
  });
});

test('net and tax of a price with tax included make what is charged, whatever is in the order', () => {
  const line = fc.record({
    unitPriceMinor: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    quantity: fc.integer({ min: 1, max: 99 }),
    taxClass: fc.constantFrom('standard', 'reduced'),
    isTaxable: fc.boolean(),
    requiresShipping: fc.boolean(),
  });
  const rounding = fc.constantFrom('line' as const, 'order' as const);
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.bigInt({ min: 0n, max: 9999n }),
      rounding,
      fc.boolean(),
      (lines, feeMinor, rounding, taxIncluded) => {
        const order = price({ lines, fees: [post(feeMinor)], rounding, taxIncluded });
        const taxes = order.adjustments.filter(({ kind }) => kind === 'tax');
        const grossMinor = taxes.reduce((sum, tax) => sum + tax.amountMinor + (tax.taxableMinor ?? 0n), 0n);
        expect(grossMinor).toBe(order.totalMinor);
      },
    ),
  );
});
