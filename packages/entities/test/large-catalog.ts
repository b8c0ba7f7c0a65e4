import type { Client } from 'pg';

const product = `(select id, substring(handle from 6)::int as n from product where handle like 'bulk-%') product`;

/**
 * A catalog of so many products, in 200 categories, each with 3 attributes, 2 variants with a price, and media; a fifth
 * of the variants has a price in the list `sale`, too.
 */
export async function insertLargeCatalog(client: Client, products: number): Promise<void> {
  await client.query(`
    insert into category (slug, name) select 'root-' || n, 'Root ' || n from generate_series(1, 10) n;
    insert into category (parent_id, slug, name)
      select id, 'below-' || n, 'Below ' || n from category, generate_series(1, 19) n;
    insert into attribute (code, name, value_type) values
      ('color', 'Color', 'string'), ('weight', 'Weight', 'number'), ('lined', 'Lined', 'boolean');
    insert into product (handle, title, vendor, status, created_at)
      select 'bulk-' || n, (array['Leather', 'Linen', 'Cotton', 'Silk', 'Denim', 'Woollen', 'Velvet'])[1 + n % 7] || ' '
          || (array['jacket', 'shirt', 'scarf', 'coat', 'hat', 'skirt', 'dress', 'belt', 'glove', 'vest', 'parka'])[1 + n % 11]
          || ' ' || n, 'Vendor ' || n % 97, 'active', now() - n * interval '10 minutes'
      from generate_series(1, ${products}) n;
    insert into product_category (product_id, category_id)
      select product.id, category.id from ${product}
      join (select id, row_number() over (order by path) as n, count(*) over () as total from category) category
        on category.n = 1 + product.n % category.total;
    insert into product_attribute (product_id, attribute_code, value)
      select id, 'color', to_jsonb('color ' || n % 50) from ${product}
      union all select id, 'weight', to_jsonb(n) from ${product}
      union all select id, 'lined', to_jsonb(n % 4 = 0) from ${product};
    insert into product_media (product_id, url) select id, 'https://example.com/' || n from ${product};
    insert into product_variant (product_id, title, sku, option_values, position)
      select id, 'V' || v, 'BULK-' || n || '-' || v, jsonb_build_object('V', v::text), v
      from ${product}, generate_series(1, 2) v;
    insert into price (variant_id, currency_code, amount_minor, valid)
      select id, 'EUR', 100 + abs(hashtext(sku)) % 100000, '[2024-01-01,)'
      from product_variant where sku like 'BULK-%';
    insert into price_list (code, name) values ('sale', 'Sale');
    insert into price (variant_id, price_list_code, currency_code, amount_minor, valid)
      select variant_id, 'sale', currency_code, amount_minor * 9 / 10, valid from price where amount_minor % 5 = 0;
    insert into stock_location (code, name) values ('main', 'Main');
    insert into stock_level (variant_id, location_id, on_hand)
      select v.id, l.id, 1000 from product_variant v, stock_location l where sku like 'BULK-%';
    insert into stock_movement (variant_id, location_id, kind, quantity)
      select variant_id, location_id, 'receipt', on_hand from stock_level;
  `);
}
