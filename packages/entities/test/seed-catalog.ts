import { Client } from 'pg';

/**
 * A catalog to seed orders for: 40 products of 1 to 3 variants, all with a price; some free, some not taxed, some
 * without stock, some that may be back-ordered, some not for sale.
 */
export async function insertCatalog(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      insert into stock_location (code, name) values ('main', 'Main');
      insert into product (handle, title, status, option_names)
        select 'product-' || n, 'Product ' || n, case when n % 20 = 0 then 'draft' else 'active' end, '{Size}'
          from generate_series(1, 40) as n;
      insert into product_variant (product_id, sku, title, option_values, position, taxable)
        select p.id, upper(handle) || '-' || n, 'Size ' || n, jsonb_build_object('Size', n::text), n, n <> 3
          from product p, generate_series(1, 3) as n where n <= 1 + length(handle) % 3;
      insert into price (variant_id, currency_code, amount_minor, valid)
        select id, 'USD', case when sku = 'PRODUCT-7-1' then 0 else 500 + (hashtext(sku) & 8191) end, '[2024-01-01,)'
          from product_variant;
      insert into stock_level (variant_id, location_id, on_hand, backorder_limit)
        select v.id, l.id, (hashtext(sku) & 3) * 5, case when position = 2 then 1000 else 0 end
          from product_variant v, stock_location l where position < 3;
      insert into stock_movement (variant_id, location_id, kind, quantity)
        select variant_id, location_id, 'receipt', on_hand from stock_level where on_hand > 0;`);
  } finally {
    await client.end();
  }
}
