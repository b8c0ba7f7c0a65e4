import { expect, test } from 'vitest';
import { useShopClient } from '../../../test/shop-client.ts';
import { ids } from '../../../test/shop-fixture.ts';

const shop = useShopClient();

const paths = async () => {
  const { rows } = await shop.client.query<{ path: string }>('select path::text from category order by path');
  return rows.map((row) => row.path);
};

test('a path is the slugs from the root, even if another is written', async () => {
  expect(await paths()).toEqual(['clothes', 'clothes.t_shirts']);
  await shop.client.query(`update category set path = 'nonsense'`);
  expect(await paths()).toEqual(['clothes', 'clothes.t_shirts']);
});

test('a category that moves or is renamed takes its subtree along', async () => {
  await shop.client.query(`insert into category (parent_id, slug, name) values
    ('${ids.subcategory}', 'v-neck', 'V-neck'), (null, 'sale', 'Sale')`);
  await shop.client.query(`update category set slug = 'tees' where id = '${ids.subcategory}'`);
  expect(await paths()).toEqual(['clothes', 'clothes.tees', 'clothes.tees.v_neck', 'sale']);
  await shop.client.query(
    `update category set parent_id = (select id from category where slug = 'sale') where id = '${ids.subcategory}'`,
  );
  expect(await paths()).toEqual(['clothes', 'sale', 'sale.tees', 'sale.tees.v_neck']);
  await shop.client.query(`update category set slug = 'outlet' where slug = 'sale'`);
  expect(await paths()).toEqual(['clothes', 'outlet', 'outlet.tees', 'outlet.tees.v_neck']);
});
