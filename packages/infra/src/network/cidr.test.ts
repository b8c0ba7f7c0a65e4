import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCidr, parseCidr, sixteenth } from './cidr.ts';

test.each(['', '10.0.0.0', '10.0.0/16', '10.0.0.256/16', '10.0.0.0/33', '10.0.0.1/16', '10.0.0.0/16 '])(
  '"%s" is not a block',
  (text) => expect(parseCidr(text)).toBeUndefined(),
);

test('the subnets of a block lie in it, side by side, without overlap', () => {
  const block = fc
    .record({ prefix: fc.integer({ min: 16, max: 24 }), seed: fc.nat(2 ** 24 - 1) })
    .map(({ prefix, seed }) => ({ prefix, base: (seed % 2 ** prefix) * 2 ** (32 - prefix) }));
  fc.assert(
    fc.property(block, (vpc) => {
      const parts = Array.from({ length: 16 }, (_, index) => sixteenth(vpc, index));
      const size = 2 ** (32 - vpc.prefix - 4);
      expect(parts.map((part) => part.base)).toEqual(parts.map((_, index) => vpc.base + index * size));
      for (const part of parts) expect(parseCidr(formatCidr(part))).toEqual(part);
    }),
  );
});
