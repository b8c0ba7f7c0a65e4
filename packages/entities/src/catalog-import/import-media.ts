import type { ClientBase } from 'pg';
import { json } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { ImportedVariant } from './import-variants.ts';
import { countRows, mergedRow, mergeRows, type RowReport } from './merge-rows.ts';

interface MediaRow {
  product_id: string;
  url: string;
  alt: string | undefined;
  position: number | undefined;
  variant_id: string | undefined;
}

const mergeMedia = statement({
  params: { media: json() },
  row: mergedRow,
  sql: mergeRows({
    table: 'product_media',
    rows: `select m.id is null as created, coalesce(m.id, uuidv7()) as id, s.product_id, s.url,
        coalesce(s.alt, m.alt, '') as alt, coalesce(s.position, m.position, 0) as position,
        coalesce(s.variant_id, m.variant_id) as variant_id
      from json_populate_recordset(null::product_media, :media) as s
      left join product_media m on m.product_id = s.product_id and m.url = s.url`,
    keys: ['product_id', 'url'],
    columns: ['alt', 'position', 'variant_id'],
    returning: [],
  }),
});

/** Inserts the images that the shop lacks and updates those that differ. */
export async function importMedia(
  client: ClientBase,
  variants: readonly ImportedVariant[],
): Promise<RowReport> {
  return countRows(await mergeMedia(client, { media: mediaRows(variants) }));
}

/** An image of several variants is linked to the first one: the shop has one row an image. */
function mediaRows(variants: readonly ImportedVariant[]): MediaRow[] {
  const rows = new Map<string, MediaRow>();
  const key = (productId: string, url: string) => `${productId} ${url}`;
  for (const { product, productId, position } of variants) {
    if (position > 0) continue;
    for (const { url, altText, position } of product.images) {
      rows.set(key(productId, url), {
        product_id: productId,
        url,
        alt: altText,
        position,
        variant_id: undefined,
      });
    }
  }
  for (const { id, productId, product, variant } of variants) {
    const url = variant.imageUrl;
    if (url === undefined) continue;
    const row = rows.get(key(productId, url));
    if (row !== undefined) row.variant_id ??= id;
    else {
      const position = (product.images.at(-1)?.position ?? 0) + 1;
      rows.set(key(productId, url), { product_id: productId, url, alt: undefined, position, variant_id: id });
    }
  }
  return [...rows.values()];
}
