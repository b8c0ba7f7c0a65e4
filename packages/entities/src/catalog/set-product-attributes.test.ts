import { beforeAll, expect, test } from 'vitest';
import { useOpenShop } from '../../test/open-shop.ts';
import { type AttributeAssignment, getProduct, setProductAttributes } from '../index.ts';

const shop = useOpenShop();
let productId: string;
const set = (attributes: AttributeAssignment['attributes']) =>
  setProductAttributes(shop().orm.em.fork(), { productId, attributes });
const values = async () => {
  const { attributes } = await getProduct(shop().orm.em.fork(), { handle: 'product-0', currency: 'EUR' });
  return Object.fromEntries(attributes.map((attribute) => [attribute.code, attribute.values]));
};

beforeAll(async () => {
  await shop().offer();
  productId = (await shop().rows<{ id: string }>('select id from product'))[0]?.id ?? '';
  await shop().rows(`insert into attribute (code, name, value_type) values
    ('color', 'Color', 'string'), ('weight', 'Weight', 'number'), ('lined', 'Lined', 'boolean')`);
});

test('replaces what is named, and leaves the rest', async () => {
  await set({ color: ['red', 'blue', 'red'], weight: [1.5] });
  expect(await values()).toEqual({ color: ['blue', 'red'], weight: [1.5] });
  await set({ color: ['green'], lined: [false], weight: [] });
  expect(await values()).toEqual({ color: ['green'], lined: [false] });
});

test('refuses all of it where a value is of another type, or an attribute is unknown', async () => {
  const before = await values();
  await expect(set({ color: ['red'], weight: ['heavy'] })).rejects.toMatchObject({ code: 'attribute-type' });
  await expect(set({ color: ['red'], size: [1] })).rejects.toMatchObject({ code: 'unknown-attribute' });
  await expect(set({ color: [''] })).rejects.toMatchObject({ code: 'bad-input' });
  expect(await values()).toEqual(before);
  await shop().rows(`update product set deleted_at = now()`);
  await expect(set({ color: ['red'] })).rejects.toMatchObject({ code: 'no-such-product' });
});

test('20 at once: the values of one of them', async () => {
  await shop().rows(`update product set deleted_at = null`);
  await Promise.all(Array.from({ length: 20 }, (_, n) => set({ color: [`a${n}`, `b${n}`] })));
  const { color = [] } = await values();
  expect(color).toHaveLength(2);
  expect(String(color[0]).slice(1)).toBe(String(color[1]).slice(1));
});
