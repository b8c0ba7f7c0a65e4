import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStock, type StockLevel, unlimitedBackorder } from './plan-stock.ts';

const level = (onHand: number, reserved = 0, backorderLimit = 0): StockLevel => ({
  onHand,
  reserved,
  backorderLimit,
});

test.each([
  ['the first import', level(0), 10, 0, false, level(10), 0],
  ['nothing new', level(10), 10, 10, false, level(10), 0],
  ['4 sold since: they stay sold', level(6), 12, 10, false, level(8), 0],
  ['4 sold since, the same file', level(6), 10, 10, false, level(6), 0],
  ['5 received since', level(15), 8, 10, false, level(13), 0],
  ['less than was sold', level(2), 5, 10, false, level(0), 3],
  ['less than is reserved', level(10, 4), 1, 10, false, level(4, 4), 3],
  [
    'reservations against backorders',
    level(2, 5, unlimitedBackorder),
    0,
    2,
    true,
    level(0, 5, unlimitedBackorder),
    0,
  ],
  [
    'the end of backorders keeps its promises',
    level(2, 5, unlimitedBackorder),
    2,
    2,
    false,
    level(2, 5, 3),
    0,
  ],
  ['no quantity', level(7), undefined, 10, false, level(7), 0],
  ['no policy', level(7, 0, 5), 11, 10, undefined, level(8, 0, 5), 0],
])('%s', (_, before, quantity, importedQuantity, backorder, after, short) => {
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

test('the level after is one that the database takes, and the same statement then changes nothing', () => {
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
