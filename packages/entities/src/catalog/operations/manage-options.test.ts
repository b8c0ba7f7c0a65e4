import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { expectInvariants, outcomes } from '../../../test/placed-order.ts';
import {
  addOption,
  createProduct,
  createVariant,
  getProductToEdit,
  removeOption,
  renameOption,
  softDeleteVariant,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
afterAll(() => expectInvariants(shop()));

/** A product with a variant for each of the combinations. */
async function product(optionNames: string[], ...combinations: Record<string, string>[]): Promise<string> {
  const { productId } = await createProduct(em(), { handle: randomUUID(), title: 'Tee', optionNames });
  for (const optionValues of combinations) await createVariant(em(), { productId, optionValues });
  return productId;
}

async function optionsOf(productId: string) {
  const { optionNames, variants } = await getProductToEdit(em(), { productId });
  return { optionNames, variants: variants.map(({ title, optionValues }) => ({ title, optionValues })) };
}

test('options are added, renamed and removed with the values and titles of the variants', async () => {
  const productId = await product([], {});
  await addOption(em(), { productId, name: 'Size', value: 'M' });
  expect(await optionsOf(productId)).toEqual({
    optionNames: ['Size'],
    variants: [{ title: 'M', optionValues: { Size: 'M' } }],
  });
  await createVariant(em(), { productId, optionValues: { Size: 'L' } });
  await addOption(em(), { productId, name: 'Color', value: 'Red' });
  await renameOption(em(), { productId, name: 'Size', newName: 'Fit' });
  expect(await optionsOf(productId)).toEqual({
    optionNames: ['Fit', 'Color'],
    variants: [
      { title: 'M / Red', optionValues: { Fit: 'M', Color: 'Red' } },
      { title: 'L / Red', optionValues: { Fit: 'L', Color: 'Red' } },
    ],
  });
  await removeOption(em(), { productId, name: 'Color' });
  expect(await optionsOf(productId)).toEqual({
    optionNames: ['Fit'],
    variants: [
      { title: 'M', optionValues: { Fit: 'M' } },
      { title: 'L', optionValues: { Fit: 'L' } },
    ],
  });
});

test('what must not be is refused by name, and nothing was done', async () => {
  const productId = await product(
    ['Size', 'Color'],
    { Size: 'M', Color: 'Red' },
    { Size: 'M', Color: 'Blue' },
  );
  const before = await getProductToEdit(em(), { productId });
  const code = async (operation: Promise<unknown>) => (await outcomes([operation]))[0];
  const unknown = randomUUID();
  expect(await code(removeOption(em(), { productId, name: 'Color' }))).toBe('variant-exists');
  expect(await code(removeOption(em(), { productId, name: 'Fit' }))).toBe('option-not-found');
  expect(await code(renameOption(em(), { productId, name: 'Fit', newName: 'x' }))).toBe('option-not-found');
  expect(await code(renameOption(em(), { productId, name: 'Size', newName: 'Color' }))).toBe('option-exists');
  expect(await code(addOption(em(), { productId, name: 'Size', value: 'x' }))).toBe('option-exists');
  expect(await code(addOption(em(), { productId, name: 'Fit' }))).toBe('option-mismatch');
  expect(await code(addOption(em(), { productId: unknown, name: 'x' }))).toBe('product-not-found');
  expect(await getProductToEdit(em(), { productId })).toEqual(before);
  await addOption(em(), { productId, name: 'Fit', value: 'Slim' });
  expect(await code(addOption(em(), { productId, name: 'Cut', value: 'x' }))).toBe('invalid-input');
  await softDeleteVariant(em(), { variantId: before.variants[0]?.id ?? '' });
  expect(await code(removeOption(em(), { productId, name: 'Color' }))).toBe('done');
});

test('variants that are created while options change have exactly the options of their product', async () => {
  const productId = await product(['Size'], { Size: 'S' });
  const codes = await outcomes([
    ...Array.from({ length: 6 }, (_, n) =>
      createVariant(em(), { productId, optionValues: { Size: `${n}` } }),
    ),
    addOption(em(), { productId, name: 'Color', value: 'Red' }),
    renameOption(em(), { productId, name: 'Size', newName: 'Fit' }),
    ...Array.from({ length: 6 }, (_, n) =>
      createVariant(em(), { productId, optionValues: { Fit: `${n}`, Color: 'Blue' } }),
    ),
  ]);
  expect(codes.filter((code) => code !== 'done' && code !== 'option-mismatch')).toEqual([]);
  const { optionNames, variants } = await getProductToEdit(em(), { productId });
  expect(optionNames).toEqual(['Fit', 'Color']);
  for (const { optionValues } of variants)
    expect(Object.keys(optionValues).toSorted()).toEqual(['Color', 'Fit']);
});

fuzzOperation(
  'addOption',
  shop,
  sample(addOption, async () => ({
    productId: await product(['Size'], { Size: 'M' }),
    name: 'Color',
    value: 'Red',
    reason: 'season',
  })),
);

fuzzOperation(
  'renameOption',
  shop,
  sample(renameOption, async () => ({
    productId: await product(['Size'], { Size: 'M' }),
    name: 'Size',
    newName: 'Fit',
    reason: 'season',
  })),
);

fuzzOperation(
  'removeOption',
  shop,
  sample(removeOption, async () => ({
    productId: await product(['Size'], { Size: 'M' }),
    name: 'Size',
    reason: 'season',
  })),
);
