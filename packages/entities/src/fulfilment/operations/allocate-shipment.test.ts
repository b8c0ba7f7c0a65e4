import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Hold } from './holds.ts';
import { allocateShipment } from './allocate-shipment.ts';

/** Holds of up to 3 lines, each of a variant of its own, in up to 3 locations; and units to ship of each line. */
const cases = fc
  .array(
    fc.record({
      wanted: fc.integer({ min: 1, max: 20 }),
      holds: fc.array(
        fc.record({ quantity: fc.integer({ min: 1, max: 9 }), onHand: fc.integer({ min: 0, max: 9 }) }),
        {
          maxLength: 3,
        },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((lines) => ({
    lines: lines.map(({ wanted }, line) => ({ lineId: `line-${line}`, quantity: wanted })),
    holds: lines.flatMap(({ holds }, line): Hold[] =>
      holds.map((hold, location) => ({
        ...hold,
        id: `hold-${line}-${location}`,
        lineId: `line-${line}`,
        variantId: `variant-${line}`,
        locationId: `location-${location}`,
      })),
    ),
  }));

test('ships as much as is held and on hand, and reports what is missing', () => {
  fc.assert(
    fc.property(cases, ({ lines, holds }) => {
      const { ends, shortages } = allocateShipment(lines, holds);
      for (const { units, quantity, onHand } of ends) {
        expect(units).toBeGreaterThan(0);
        expect(units).toBeLessThanOrEqual(Math.min(quantity, onHand));
      }
      expect(new Set(ends.map((end) => end.id)).size).toBe(ends.length);
      for (const { lineId, quantity } of lines) {
        const own = holds.filter((hold) => hold.lineId === lineId);
        const there = own.reduce((sum, hold) => sum + Math.min(hold.quantity, hold.onHand), 0);
        const shipped = ends.filter((end) => end.lineId === lineId).reduce((sum, end) => sum + end.units, 0);
        expect(shipped).toBe(Math.min(quantity, there));
        const variantId = own[0]?.variantId ?? lineId;
        const expected = shipped < quantity ? [{ variantId, requested: quantity, available: shipped }] : [];
        expect(shortages.filter((shortage) => shortage.variantId === variantId)).toEqual(expected);
      }
    }),
  );
});

test('two holds of one line at one location share what is on hand there', () => {
  const hold = { lineId: 'l', variantId: 'v', locationId: 'a', quantity: 2, onHand: 3 };
  const { ends, shortages } = allocateShipment(
    [{ lineId: 'l', quantity: 4 }],
    [
      { ...hold, id: '1' },
      { ...hold, id: '2' },
    ],
  );
  expect(ends.map((end) => end.units)).toEqual([2, 1]);
  expect(shortages).toEqual([{ variantId: 'v', requested: 4, available: 3 }]);
});
