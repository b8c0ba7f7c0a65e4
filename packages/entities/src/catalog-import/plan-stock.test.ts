import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStock, type StockLevel, unlimitedBackorder } from './plan-stock.ts';

const level = (onHand: number, reserved = 0, backorderLimit = 0): StockLevel => ({
  onHand,
  reserved,
  backorderLimit,
});

test.each([
  {
    when: 'the first import',
    before: level(0),
    quantity: 10,
    importedQuantity: 0,
    backorder: false,
    after: level(10),
    short: 0,
  },
  {
    when: 'nothing new',
    before: level(10),
    quantity: 10,
    importedQuantity: 10,
    backorder: false,
    after: level(10),
    short: 0,
  },
  {
    when: '4 sold since: they stay sold',
    before: level(6),
    quantity: 12,
    importedQuantity: 10,
    backorder: false,
    after: level(8),
    short: 0,
  },
  {
    when: '4 sold since, the same file',
    before: level(6),
    quantity: 10,
    importedQuantity: 10,
    backorder: false,
    after: level(6),
    short: 0,
  },
  {
    when: '5 received since',
    before: level(15),
    quantity: 8,
    importedQuantity: 10,
    backorder: false,
    after: level(13),
    short: 0,
  },
  {
    when: 'less than was sold',
    before: level(2),
    quantity: 5,
    importedQuantity: 10,
    backorder: false,
    after: level(0),
    short: 3,
  },
  {
    when: 'less than is reserved',
    before: level(10, 4),
    quantity: 1,
    importedQuantity: 10,
    backorder: false,
    after: level(4, 4),
    short: 3,
  },
  {
    when: 'reservations against backorders',
    before: level(2, 5, unlimitedBackorder),
    quantity: 0,
    importedQuantity: 2,
    backorder: true,
    after: level(0, 5, unlimitedBackorder),
    short: 0,
  },
  {
    when: 'the end of backorders keeps its promises',
    before: level(2, 5, unlimitedBackorder),
    quantity: 2,
    importedQuantity: 2,
    backorder: false,
    after: level(2, 5, 3),
    short: 0,
  },
  {
    when: 'no quantity',
    before: level(7),
    quantity: undefined,
    importedQuantity: 10,
    backorder: false,
    after: level(7),
    short: 0,
  },
  {
    when: 'no policy',
    before: level(7, 0, 5),
    quantity: 11,
    importedQuantity: 10,
    backorder: undefined,
    after: level(8, 0, 5),
    short: 0,
  },
])('$when', ({ before, quantity, importedQuantity, backorder, after, short }) => {
  expect(planStock(before, { quantity, importedQuantity, backorder })).toEqual({ ...after, short });
});

const aCount = fc.nat(1_000_000_000);
const aLevel = fc
  .record({ onHand: aCount, reserved: aCount, backorderLimit: aCount })
  .filter(({ onHand, reserved, backorderLimit }) => reserved <= onHand + backorderLimit);
const aStatement = fc.record({
  quantity: fc.option(aCount, { nil: undefined }),
  importedQuantity: aCount,
  backorder: fc.option(fc.boolean(), { nil: undefined }),
});

test('the new level is valid, and the same statement then changes nothing', () => {
  fc.assert(
    fc.property(aLevel, aStatement, (before, statement) => {
      const { short, ...after } = planStock(before, statement);
      expect(after.onHand).toBeGreaterThanOrEqual(0);
      expect(after.backorderLimit).toBeGreaterThanOrEqual(0);
      expect(after.reserved).toBe(before.reserved);
      expect(after.reserved).toBeLessThanOrEqual(after.onHand + after.backorderLimit);
      const importedQuantity = statement.importedQuantity + after.onHand - before.onHand;
      expect(planStock(after, { ...statement, importedQuantity })).toEqual({ ...after, short });
    }),
  );
});
