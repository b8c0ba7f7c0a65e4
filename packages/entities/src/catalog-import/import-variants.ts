import { UserError } from '@ecommerce-dms/errors';
import type { ClientBase } from 'pg';
import { standardTaxClass } from '../pricing/tax-by-region.ts';
import { int4, json, jsonb, nullable, text, textArray, uuid, uuidArray } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { CatalogProduct } from './catalog.ts';
import {
  type Clash,
  isRekeyed,
  type MatchedVariant,
  matchVariants,
  type ShopVariant,
} from './match-variants.ts';
import { countRows, mergedRow, mergeRows, type RowReport } from './merge-rows.ts';

/** A variant of the file after its import. */
export interface ImportedVariant extends MatchedVariant {
  id: string;
  sku: string | null;
}

/** A variant of the shop that the file does not have. */
export interface MissingVariant {
  handle: string;
  sku: string | null;
  optionValues: Readonly<Record<string, string>>;
}

/** SQL: the columns of a variant after the import, from the file's `s` and the shop's `v`. */
const columns = {
  position: 's.position',
  title: 's.title',
  option_values: 's.option_values',
  sku: 's.sku',
  // An empty text removes the shop's barcode, null keeps it.
  barcode: `case when s.barcode is null then v.barcode else nullif(s.barcode, '') end`,
  weight_grams: 'coalesce(s.weight_grams, v.weight_grams, 0)',
  requires_shipping: 'coalesce(s.requires_shipping, v.requires_shipping, true)',
  taxable: 'coalesce(s.taxable, v.taxable, true)',
  tax_class: `coalesce(s.tax_class, v.tax_class, '${standardTaxClass}')`,
};

const mergeVariants = statement({
  params: { variants: json() },
  row: { index: int4, id: uuid, ...mergedRow },
  sql: mergeRows({
    table: 'product_variant',
    rows: `select s.ordinality::integer - 1 as index, v.id is null as created, coalesce(v.id, uuidv7()) as id,
        s.product_id, ${Object.entries(columns)
          .map(([column, value]) => `${value} as ${column}`)
          .join(', ')}
      from rows from (json_populate_recordset(null::product_variant, :variants)) with ordinality as s
      left join product_variant v on v.id = s.id
      order by s.ordinality`,
    keys: ['product_id'],
    columns: Object.keys(columns),
    returning: ['index', 'id'],
  }),
});

/** Inserts the variants that the shop lacks and updates those that differ. */
export async function importVariants(
  client: ClientBase,
  products: readonly CatalogProduct[],
  productIds: ReadonlyMap<string, string>,
): Promise<{ variants: ImportedVariant[]; report: RowReport }> {
  const { matches, clashes } = matchVariants(
    products,
    productIds,
    await shopVariants(client, products, productIds),
  );
  if (clashes.length > 0) throw clashError(clashes);
  await releaseKeys(client, matches);
  const rows = matches.map(({ productId, variant, position, optionValues, existing }) => ({
    id: existing?.id,
    product_id: productId,
    position,
    title: variant.optionValues.join(' / '),
    option_values: optionValues,
    sku: (variant.sku === undefined ? existing?.sku : variant.sku) ?? null,
    barcode: variant.barcode === null ? '' : variant.barcode,
    weight_grams: variant.weightGrams,
    requires_shipping: variant.requiresShipping,
    taxable: variant.taxable,
    tax_class: variant.taxClass,
  }));
  const merged = await mergeVariants(client, { variants: rows });
  const ids = new Map(merged.map(({ index, id }) => [index, id]));
  const variants = matches.map((match, index) => ({
    ...match,
    id: ids.get(index) ?? '',
    sku: rows[index]?.sku ?? null,
  }));
  return { variants, report: countRows(merged) };
}

const selectOthers = statement({
  params: { variantIds: uuidArray, leftOut: textArray },
  row: { handle: text, sku: nullable(text), optionValues: jsonb<Record<string, string>>() },
  sql: `select p.handle, v.sku, v.option_values as "optionValues"
    from product_variant v join product p on p.id = v.product_id
    where v.deleted_at is null and p.deleted_at is null and v.id <> all (:variantIds) and p.handle <> all (:leftOut)
    order by p.handle, v.position, v.id`,
});

/** The shop's variants that the file does not have, imported or left out. */
export async function listMissing(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  leftOut: readonly string[],
): Promise<MissingVariant[]> {
  return await selectOthers(client, { variantIds: variants.map(({ id }) => id), leftOut });
}

const selectShopVariants = statement({
  params: { productIds: uuidArray, skus: textArray },
  row: {
    id: uuid,
    product_id: uuid,
    handle: text,
    sku: nullable(text),
    option_values: jsonb<Record<string, string>>(),
  },
  sql: `select v.id, v.product_id, p.handle, v.sku, v.option_values
    from product_variant v join product p on p.id = v.product_id
    where v.deleted_at is null and (v.product_id = any (:productIds) or v.sku = any (:skus))`,
});

async function shopVariants(
  client: ClientBase,
  products: readonly CatalogProduct[],
  productIds: ReadonlyMap<string, string>,
): Promise<ShopVariant[]> {
  const skus = products.flatMap(({ variants }) => variants.flatMap(({ sku }) => sku ?? []));
  return await selectShopVariants(client, { productIds: [...productIds.values()], skus });
}

const clearKeys = statement({
  params: { variantIds: uuidArray },
  sql: `update product_variant set sku = null, option_values = jsonb_build_object('', id) where id = any (:variantIds)`,
});

/** Two variants may swap their SKUs or options: both give up theirs before either takes the other. */
async function releaseKeys(client: ClientBase, matches: readonly MatchedVariant[]): Promise<void> {
  const variantIds = matches.filter(isRekeyed).flatMap(({ existing }) => existing?.id ?? []);
  if (variantIds.length > 0) await clearKeys(client, { variantIds });
}

function clashError(clashes: readonly Clash[]): UserError {
  const lines = clashes.map(({ matched, with: rival }) => {
    const name = (handle: string, sku: string | null | undefined, options: object) =>
      `${handle} ${JSON.stringify(options)}${typeof sku === 'string' ? ` (SKU ${sku})` : ''}`;
    const { product, variant, optionValues } = matched;
    return `${name(product.handle, variant.sku, optionValues)}: ${name(rival.handle, rival.sku, rival.option_values)}`;
  });
  return new UserError(
    'catalog-conflict',
    `${clashes.length} variants have the SKU or the options of variants of the shop that the file lacks; ` +
      `nothing was imported.\n${lines.join('\n')}`,
    { hint: 'Change or delete the variants of the shop, or add them to the file.' },
  );
}
