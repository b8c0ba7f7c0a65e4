import type { Client } from 'pg';

const wear = `(select id as product_id, substring(handle from 6)::int as n from product where handle like 'wear-%') wear`;

/**
 * 60 products for searches, beside whatever is there: shirts and jackets of two categories below `wear`, in 3 colours,
 * each of a weight of its own, at 10.00 EUR and more; two variants each, of which the second costs 1 more. The price
 * list `sale` is empty.
 */
export async function insertSearchableCatalog(client: Client): Promise<void> {
  await client.query(`
    insert into price_list (code, name) values ('sale', 'Sale');
    insert into category (slug, name) values ('wear', 'Wear');
    insert into category (parent_id, slug, name)
      select id, below, initcap(below) from category, unnest('{shirts,jackets}'::text[]) below where path = 'wear';
    insert into attribute (code, name, value_type) values
      ('color', 'Color', 'string'), ('weight', 'Weight', 'number'), ('lined', 'Lined', 'boolean');
    insert into product (handle, title, status, created_at)
      select 'wear-' || n, case n % 2 when 0 then 'Linen shirt ' else 'Leather jacket ' end || n, 'active',
        timestamptz '2026-01-01' + n / 4 * interval '1 hour'
      from generate_series(1, 60) n;
    insert into product_category (product_id, category_id)
      select product_id, category.id from ${wear}
      join category on path = (case n % 2 when 0 then 'wear.shirts' else 'wear.jackets' end)::ltree;
    insert into product_attribute (product_id, attribute_code, value)
      select product_id, 'color', to_jsonb((array['red', 'green', 'blue'])[1 + n % 3]) from ${wear}
      union all select product_id, 'weight', to_jsonb(n * 10) from ${wear}
      union all select product_id, 'lined', to_jsonb(n % 4 = 0) from ${wear};
    insert into product_variant (product_id, title, sku, option_values, position)
      select product_id, 'V' || v, 'WEAR-' || n || '-' || v, jsonb_build_object('V', v), v
      from ${wear}, generate_series(1, 2) v;
    insert into price (variant_id, currency_code, amount_minor, valid)
      select v.id, 'EUR', 1000 + n / 5 * 500 + v.position - 1, '[2026-01-01,)' from ${wear} join product_variant v using (product_id);
  `);
}
