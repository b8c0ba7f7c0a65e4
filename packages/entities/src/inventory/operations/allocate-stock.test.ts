import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateStock } from './allocate-stock.ts';

const ids = (prefix: string) => Array.from({ length: 4 }, (_, index) => `${prefix}${index}`);
const demands = fc.uniqueArray(
  fc.record({ variantId: fc.constantFrom(...ids('v')), quantity: fc.integer({ min: 1, max: 20 }) }),
  { selector: (demand) => demand.variantId },
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

test('it allocates what was requested, or all there is, and no more than a location has', () => {
  fc.assert(
    fc.property(demands, supplies, (demands, supplies) => {
      const { allocations, shortages } = allocateStock(demands, supplies);
      for (const { variantId, quantity } of demands) {
        const there = sum(
          supplies.filter((s) => s.variantId === variantId).map((s) => Math.max(0, s.available)),
        );
        const promised = sum(allocations.filter((a) => a.variantId === variantId).map((a) => a.quantity));
        expect(promised).toBe(Math.min(quantity, there));
        expect(shortages.find((s) => s.variantId === variantId)).toEqual(
          there < quantity ? { variantId, requested: quantity, available: there } : undefined,
        );
      }
      for (const { variantId, locationId, quantity } of allocations) {
        const supply = supplies.find((s) => s.variantId === variantId && s.locationId === locationId);
        expect(quantity).toBeGreaterThan(0);
        expect(quantity).toBeLessThanOrEqual(supply?.available ?? 0);
      }
    }),
  );
});

test('one location is used if it has enough', () => {
  const supplies = [
    { variantId: 'v', locationId: 'small', available: 3 },
    { variantId: 'v', locationId: 'large', available: 5 },
  ];
  expect(allocateStock([{ variantId: 'v', quantity: 4 }], supplies).allocations).toEqual([
    { variantId: 'v', locationId: 'large', quantity: 4 },
  ]);
});
