import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants } from '../../../test/placed-order.ts';
import { createCategory, moveCategory } from '../../index.ts';

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
