import { withClient } from '../../database/with-client.ts';
import type { DrillShop } from '../drill-shop.ts';
import type { Ware } from './market.ts';

/** The variants that cost something and are in stock, the best supplied first, and where they are. */
export async function readStock({ adminUrl }: Pick<DrillShop, 'adminUrl'>): Promise<{
  wares: Ware[];
  locationIds: string[];
}> {
  return await withClient(adminUrl, async (client) => {
    const wares = await client.query<Ware>(
      `select variant.id as "variantId", product.id as "productId", product.handle from product_variant variant
       join product on product.id = variant.product_id and product.status = 'active'
       join stock_level level on level.variant_id = variant.id
       where exists (select from price where variant_id = variant.id and currency_code = 'USD' and valid @> now()
           and amount_minor > 0)
         and level.on_hand > level.reserved
       group by 1, 2 order by sum(level.on_hand) desc, 1`,
    );
    const locations = await client.query<{ id: string }>(
      'select id from stock_location where active order by code',
    );
    return { wares: wares.rows, locationIds: locations.rows.map(({ id }) => id) };
  });
}
