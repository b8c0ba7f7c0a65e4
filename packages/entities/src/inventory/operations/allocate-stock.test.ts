import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateStock } from './allocate-stock.ts';

const ids = (prefix: string) => Array.from({ length: 4 }, (_, index) => `${prefix}${index}`);
const demands = fc.uniqueArray(
  fc.record({
    lineId: fc.uuid(),
    variantId: fc.constantFrom(...ids('v')),
    quantity: fc.integer({ min: 1, max: 20 }),
  }),
  { selector: (demand) => demand.lineId },
);
const supplies = fc.uniqueArray(
  fc.record({
    variantId: fc.constantFrom(...ids('v')),
    locationId: fc.constantFrom(...ids('l')),
    available: fc.integer({ min: -5, max: 15 }),
  }),
  { selector: (supply) => `${supply.variantId} ${supply.locationId}` },
);
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

test('it allocates what was requested, or says what there is, and promises no more than a location has', () => {
  fc.assert(
    fc.property(demands, supplies, (demands, supplies) => {
      const { allocations, shortages } = allocateStock(demands, supplies);
      for (const { lineId, variantId, quantity } of demands) {
        const there = sum(
          supplies.filter((s) => s.variantId === variantId).map((s) => Math.max(0, s.available)),
        );
        const requested = sum(demands.filter((d) => d.variantId === variantId).map((d) => d.quantity));
        const promised = allocations.filter((a) => a.lineId === lineId && a.variantId === variantId);
        expect(sum(promised.map((a) => a.quantity))).toBe(there < requested ? 0 : quantity);
        expect(shortages.filter((s) => s.variantId === variantId)).toEqual(
          there < requested ? [{ variantId, requested, available: there }] : [],
        );
      }
      for (const { variantId, locationId, available } of supplies) {
        const promised = allocations.filter((a) => a.variantId === variantId && a.locationId === locationId);
        expect(sum(promised.map((a) => a.quantity))).toBeLessThanOrEqual(Math.max(0, available));
      }
      expect(allocations.every(({ quantity }) => quantity > 0)).toBe(true);
    }),
  );
});

test('one location is used if it has enough', () => {
  const supplies = [
    { variantId: 'v', locationId: 'small', available: 3 },
    { variantId: 'v', locationId: 'large', available: 5 },
  ];
  expect(allocateStock([{ lineId: 'a', variantId: 'v', quantity: 4 }], supplies).allocations).toEqual([
    { lineId: 'a', variantId: 'v', locationId: 'large', quantity: 4 },
  ]);
});
