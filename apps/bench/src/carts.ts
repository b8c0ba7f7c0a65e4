import { withClient } from './shop-server.ts';

/** A cart that is ready for its checkout. */
export interface FilledCart {
  id: string;
  subtotalMinor: bigint;
}

/** What is in the carts that {@link fillCarts} makes. */
interface CartContents {
  /** A cart has 1 to so many lines; default 4. */
  mostLines?: number;
  /** How many variants they choose from; default the whole catalog. */
  variants?: number;
}

/** Makes so many open carts, and stock for all of them. */
export async function fillCarts(
  url: string,
  carts: number,
  { mostLines = 4, variants }: CartContents = {},
): Promise<FilledCart[]> {
  return await withClient(url, async (client) => {
    await client.query('update stock_level set on_hand = 1000000000 where on_hand < 1000000000');
    const { rows } = await client.query<{ id: string; subtotal: string }>(
      `with offer as materialized (
         select variant_id, amount_minor from price join stock_level using (variant_id)
         join product_variant variant on variant.id = variant_id
         join product on product.id = product_id and product.status = 'active'
         where currency_code = 'USD' and valid @> now() order by variant_id limit $2::int),
       filled as (insert into cart (currency_code) select 'USD' from generate_series(1, $1::int) returning id),
       lines as (
         insert into cart_line (cart_id, variant_id, quantity, unit_price_minor)
         select filled.id, line.variant_id, 1 + abs(hashtext(filled.id::text || '-')) % 3, line.amount_minor
         from filled cross join lateral (
           select * from offer order by hashtext(filled.id::text || offer.variant_id::text)
           limit 1 + abs(hashtext(filled.id::text)) % $3::int) as line
         returning cart_id, quantity * unit_price_minor as amount)
       select cart_id as id, sum(amount) as subtotal from lines group by cart_id`,
      [carts, variants ?? null, mostLines],
    );
    // What autovacuum does in time, for the orders of before as well.
    await client.query('vacuum analyze');
    return rows.map(({ id, subtotal }) => ({ id, subtotalMinor: BigInt(subtotal) }));
  });
}
