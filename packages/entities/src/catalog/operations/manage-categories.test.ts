import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants } from '../../../test/placed-order.ts';
import {
  actingAs,
  createAttribute,
  createCategory,
  createProduct,
  createPromotion,
  deleteCategory,
  endPromotion,
  moveCategory,
  renameAttribute,
  setProductCategories,
  updateCategory,
} from '../../index.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';

const shop = useOpenShop();
const create = (slug: string, parentId?: string) =>
  createCategory(shop().orm.em.fork(), { slug, name: slug, ...(parentId ? { parentId } : {}) });
const move = (categoryId: string, parentId: string | null) =>
  moveCategory(shop().orm.em.fork(), { categoryId, parentId });
const unknown = '00000000-0000-7000-8000-000000000000';

test('a subtree moves with its paths; cycles, duplicates and unknown categories are refused', async () => {
  const wear = await create('wear');
  const shirts = await create('t-shirts', wear.id);
  const plain = await create('plain', shirts.id);
  expect(plain.path).toBe('wear.t_shirts.plain');
  const sale = await create('sale');
  expect(await move(shirts.id, sale.id)).toEqual({ id: shirts.id, path: 'sale.t_shirts' });
  expect(await shop().rows(`select path from category where id = '${plain.id}'`)).toEqual([
    { path: 'sale.t_shirts.plain' },
  ]);
  expect((await move(shirts.id, null)).path).toBe('t_shirts');
  for (const below of [shirts.id, plain.id]) {
    await expect(move(shirts.id, below)).rejects.toMatchObject({ code: 'category-cycle' });
  }
  await expect(create('plain', shirts.id)).rejects.toMatchObject({ code: 'category-exists' });
  await expect(create('x', unknown)).rejects.toMatchObject({ code: 'category-not-found' });
  await expect(move(unknown, wear.id)).rejects.toMatchObject({ code: 'category-not-found' });
  await expect(create('T Shirts')).rejects.toMatchObject({ code: 'invalid-input' });
});

test('of two that move below each other one does, without a deadlock', async () => {
  for (let round = 0; round < 10; round++) {
    const [a, b] = [await create(`a-${round}`), await create(`b-${round}`)];
    const [belowA, belowB] = [await create('below', a.id), await create('below', b.id)];
    const moves = await Promise.allSettled([move(a.id, belowB.id), move(b.id, belowA.id)]);
    expect(moves.map((each) => (each.status === 'rejected' ? each.reason.code : 'moved')).toSorted()).toEqual(
      ['category-cycle', 'moved'],
    );
  }
  await expectInvariants(shop());
});

test('a category is renamed with its subtree, put elsewhere among its siblings, and deleted once it is empty', async () => {
  const em = () => shop().em();
  const toys = await create('toys');
  const blocks = await create('blocks', toys.id);
  await create('taken');
  expect(await updateCategory(em(), { categoryId: toys.id, slug: 'games', position: 7 })).toEqual({
    id: toys.id,
    path: 'games',
  });
  await updateCategory(em(), { categoryId: toys.id, name: 'Games' });
  expect(
    await shop().rows(
      `select path, name, position from category where id in ('${toys.id}', '${blocks.id}') order by path`,
    ),
  ).toEqual([
    { path: 'games', name: 'Games', position: 7 },
    { path: 'games.blocks', name: 'blocks', position: 0 },
  ]);
  const { productId } = await createProduct(em(), { handle: 'bricks', title: 'Bricks' });
  await setProductCategories(em(), { productId, categoryIds: [blocks.id] });
  for (const categoryId of [toys.id, blocks.id]) {
    await expect(deleteCategory(em(), { categoryId })).rejects.toMatchObject({ code: 'category-in-use' });
  }
  await setProductCategories(em(), { productId, categoryIds: [] });
  await actingAs('buyer:7', deleteCategory)(em(), { categoryId: blocks.id, reason: 'empty' });
  await deleteCategory(em(), { categoryId: toys.id });
  await expect(deleteCategory(em(), { categoryId: toys.id })).rejects.toMatchObject({
    code: 'category-not-found',
  });
  await expect(updateCategory(em(), { categoryId: unknown, name: 'x' })).rejects.toMatchObject({
    code: 'category-not-found',
  });
  const other = await create('other');
  await expect(updateCategory(em(), { categoryId: other.id, slug: 'taken' })).rejects.toMatchObject({
    code: 'category-exists',
  });
  expect(
    await shop().rows(
      `select actor, action, detail from audit_log where entity_id = '${blocks.id}' and actor = 'buyer:7'`,
    ),
  ).toEqual([
    { actor: 'buyer:7', action: 'category.delete', detail: { path: 'games.blocks', reason: 'empty' } },
  ]);
});

test('a category that a promotion names stays, also when that has ended', async () => {
  const { id: categoryId } = await create('season');
  const { promotionId } = await createPromotion(shop().em(), {
    name: 'Season',
    scope: 'line',
    ratePpm: 100_000,
    targets: { categoryIds: [categoryId] },
  });
  await endPromotion(shop().em(), { promotionId });
  await expect(deleteCategory(shop().em(), { categoryId })).rejects.toMatchObject({
    code: 'category-in-use',
    message: /promotion/,
  });
});

test('of a deletion and a product that enters at once one is refused', async () => {
  const em = () => shop().em();
  const { productId } = await createProduct(em(), { handle: 'ball', title: 'Ball' });
  for (let round = 0; round < 5; round++) {
    const { id: categoryId } = await create(`round-${round}`);
    const both = await Promise.allSettled([
      setProductCategories(em(), { productId, categoryIds: [categoryId] }),
      deleteCategory(em(), { categoryId }),
    ]);
    const codes = both.map((each) => (each.status === 'rejected' ? each.reason.code : 'done'));
    expect([
      ['done', 'category-in-use'],
      ['category-not-found', 'done'],
    ]).toContainEqual(codes);
    await setProductCategories(em(), { productId, categoryIds: [] });
  }
});

test('an attribute is renamed', async () => {
  await createAttribute(shop().em(), { code: 'color', name: 'Color', valueType: 'string' });
  await renameAttribute(shop().em(), { code: 'color', name: 'Colour' });
  expect(await shop().rows(`select name from attribute`)).toEqual([{ name: 'Colour' }]);
  await expect(renameAttribute(shop().em(), { code: 'size', name: 'Size' })).rejects.toMatchObject({
    code: 'attribute-not-found',
  });
});

fuzzOperation(
  'updateCategory',
  shop,
  sample(updateCategory, async () => ({
    categoryId: (await create(`s-${randomUUID().slice(0, 8)}`)).id,
    slug: `s-${randomUUID().slice(0, 8)}`,
    name: 'Games',
    position: 3,
    reason: 'season',
  })),
);

fuzzOperation(
  'deleteCategory',
  shop,
  sample(deleteCategory, async () => ({
    categoryId: (await create(`s-${randomUUID().slice(0, 8)}`)).id,
    reason: 'season',
  })),
);

fuzzOperation(
  'renameAttribute',
  shop,
  sample(renameAttribute, async (shop) => {
    const code = `s-${randomUUID().slice(0, 8)}`;
    await createAttribute(shop.em(), { code, name: 'x', valueType: 'string' });
    return { code, name: 'Colour' };
  }),
);
