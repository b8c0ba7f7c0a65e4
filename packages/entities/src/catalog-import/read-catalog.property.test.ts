import { isUserError } from '@ecommerce-dms/errors';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aCatalog } from '../../test/catalog-arbitrary.ts';
import { csv, productRows, readText, simpleRow } from '../../test/catalog-csv.ts';

test('any catalog written as a CSV is read back unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(
      aCatalog,
      fc.constantFrom(0, 2, 3),
      fc.integer({ min: 1, max: 200 }),
      async (products, exponent, chunkSize) => {
        const currency = exponent === 0 ? 'JPY' : exponent === 2 ? 'EUR' : 'KWD';
        const catalog = await readText(csv(productRows(products, exponent)), { currency }, chunkSize);
        expect(catalog.faults).toEqual([]);
        expect(catalog.products).toEqual(products);
      },
    ),
    { numRuns: 60 },
  );
});

test('arbitrary bytes end in a catalog or in a UserError', async () => {
  const start = Buffer.from(csv([simpleRow]));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (bytes, headed, chunkSize) => {
        const input = headed ? Buffer.concat([start, bytes]) : Buffer.from(bytes);
        expect(await outcomeFaults(input, chunkSize)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('arbitrary text of the format ends in a catalog or in a UserError', async () => {
  const piece = fc.constantFrom(
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\0',
    '\uFEFF',
    'lamp',
    'Lamp',
    'Title',
    'Default Title',
    '1.00',
    'https://example.com/a.jpg',
    ' ',
    '>',
    'é',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 80 }),
      fc.integer({ min: 1, max: 50 }),
      async (pieces, chunkSize) => {
        const input = Buffer.from(csv([{ ...simpleRow, 'Image Src': '' }]) + pieces.join(''));
        expect(await outcomeFaults(input, chunkSize)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

/** What is wrong with the outcome: nothing, for a catalog that is valid, or a UserError. */
async function outcomeFaults(input: Buffer, chunkSize: number): Promise<string[]> {
  const catalog = await readText(input, {}, chunkSize).catch((error: unknown) => {
    if (isUserError(error) && error.exitCode === 2) return undefined;
    throw error;
  });
  if (catalog === undefined) return [];
  const { products, faults, leftOut } = catalog;
  return [
    ...(products.length + faults.length === 0 ? ['neither products nor faults'] : []),
    ...products.filter(({ handle }) => leftOut.includes(handle)).map(({ handle }) => `${handle} is left out`),
    ...faults.filter(({ line }) => !(line > 0)).map(({ line }) => `line ${line}`),
  ];
}
