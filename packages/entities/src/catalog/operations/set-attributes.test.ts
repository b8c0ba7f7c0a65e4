import { beforeAll, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { siblingOf } from '../../../test/placed-order.ts';
import {
  type AttributeAssignment,
  createAttribute,
  getProduct,
  searchProducts,
  setProductAttributes,
  setVariantAttributes,
  softDeleteVariant,
} from '../../index.ts';

const shop = useOpenShop();
let productId: string;
let variantId: string;
const set = (attributes: AttributeAssignment['attributes']) =>
  setProductAttributes(shop().orm.em.fork(), { productId, attributes });
const values = async () => {
  const { attributes } = await getProduct(shop().orm.em.fork(), { handle: 'product-0', currency: 'EUR' });
  return Object.fromEntries(attributes.map((attribute) => [attribute.code, attribute.values]));
};

beforeAll(async () => {
  variantId = await shop().offer();
  productId = (await shop().rows<{ id: string }>('select id from product'))[0]?.id ?? '';
  const em = shop().orm.em.fork();
  await createAttribute(em, { code: 'color', name: 'Color', valueType: 'string' });
  await createAttribute(em, { code: 'weight', name: 'Weight', valueType: 'number' });
  await createAttribute(em, { code: 'lined', name: 'Lined', valueType: 'boolean' });
});

test('replaces the given attributes, and leaves the others', async () => {
  await set({ color: ['red', 'blue', 'red'], weight: [1.5] });
  expect(await values()).toEqual({ color: ['blue', 'red'], weight: [1.5] });
  await set({ color: ['green'], lined: [false], weight: [] });
  expect(await values()).toEqual({ color: ['green'], lined: [false] });
});

test('refuses all values if one is of another type, or an attribute is unknown', async () => {
  const before = await values();
  await expect(set({ color: ['red'], weight: ['heavy'] })).rejects.toMatchObject({
    code: 'invalid-attribute-value',
  });
  await expect(set({ color: ['red'], size: [1] })).rejects.toMatchObject({ code: 'attribute-not-found' });
  await expect(set({ color: [''] })).rejects.toMatchObject({ code: 'invalid-input' });
  expect(await values()).toEqual(before);
  await shop().rows(`update product set deleted_at = now()`);
  await expect(set({ color: ['red'] })).rejects.toMatchObject({ code: 'product-not-found' });
});

test('after 20 concurrent calls the values are those of one of them', async () => {
  await shop().rows(`update product set deleted_at = null`);
  await Promise.all(Array.from({ length: 20 }, (_, n) => set({ color: [`a${n}`, `b${n}`] })));
  const { color = [] } = await values();
  expect(color).toHaveLength(2);
  expect(String(color[0]).slice(1)).toBe(String(color[1]).slice(1));
});

test('an attribute is created once', async () => {
  const create = (code: string) =>
    createAttribute(shop().orm.em.fork(), { code, name: 'Color', valueType: 'string' });
  await expect(create('color')).rejects.toMatchObject({ code: 'attribute-exists' });
  await expect(create('Color')).rejects.toMatchObject({ code: 'invalid-input' });
});

test('a variant has values of its own, by which its product is found until it is deleted', async () => {
  const em = () => shop().orm.em.fork();
  const setOfVariant = (attributes: AttributeAssignment['attributes']) =>
    setVariantAttributes(em(), { variantId, attributes });
  const found = async (attributes: Record<string, string[]>) =>
    (await searchProducts(em(), { attributes, facets: {} })).products.length;
  await set({ color: ['red'], weight: [1], lined: [] });
  await setOfVariant({ color: ['red', 'teal'] });
  const product = await getProduct(em(), { handle: 'product-0', currency: 'EUR' });
  expect(product.attributes).toMatchObject([
    { code: 'color', values: ['red'] },
    { code: 'weight', values: [1] },
  ]);
  expect(product.variants[0]?.attributes).toEqual([
    { code: 'color', name: 'Color', values: ['red', 'teal'] },
  ]);
  await set({ color: ['blue'] });
  expect([await found({ color: ['teal'] }), await found({ color: ['blue'] })]).toEqual([1, 1]);
  const { facets } = await searchProducts(em(), { facets: {} });
  expect(facets?.attributes[0]?.values.map(({ count }) => count)).toEqual([1, 1, 1]);
  await expect(setOfVariant({ weight: ['heavy'] })).rejects.toMatchObject({
    code: 'invalid-attribute-value',
  });
  await siblingOf(shop(), variantId);
  await softDeleteVariant(em(), { variantId });
  expect([await found({ color: ['teal'] }), await found({ color: ['blue'] })]).toEqual([0, 1]);
  await expect(setOfVariant({ color: ['red'] })).rejects.toMatchObject({ code: 'variant-not-found' });
});
