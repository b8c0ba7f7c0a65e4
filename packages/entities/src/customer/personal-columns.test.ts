import { expect, test } from 'vitest';
import { useOpenShop } from '../../test/open-shop.ts';
import { personalColumns } from './personal-columns.ts';

const shop = useOpenShop();

test('each text of a customer, a cart, an order and its addresses is personal, or known not to be', async () => {
  const impersonal = {
    customer: [],
    cart: ['currency_code', 'price_list_code', 'status'],
    sales_order: ['currency_code', 'status'],
    order_address: ['country_code', 'kind'],
  };
  for (const table of ['customer', 'cart', 'sales_order', 'order_address'] as const) {
    const columns = await shop().rows<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_name = '${table}' and data_type in ('text', 'jsonb')`,
    );
    const known = [...personalColumns[table], ...impersonal[table]];
    expect({ table, columns: columns.map(({ name }) => name).toSorted() }).toEqual({
      table,
      columns: known.toSorted(),
    });
  }
});
