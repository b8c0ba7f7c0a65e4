import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import {
  bool,
  int4,
  int8,
  jsonb,
  nullable,
  text,
  textArray,
  timestamptz,
  uuid,
} from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { currencyCode, handle, type JsonObject } from '../../bounds.ts';
import { metadataOf } from '../../runtime/metadata.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../slug.ts';
import type { AttributeValue } from '../attribute.ts';
import { baseList, currentPrice, isTaxIncluded, type PriceScope } from './current-price.ts';
import { requirePriceList } from './require-price-list.ts';

const request = z.strictObject({
  handle,
  currency: currencyCode,
  priceList: slug.default('base'),
});

/**
 * Which product {@link getProduct} reads, and the currency and list (default `base`) of its prices. What the list
 * does not price has the price in `base`.
 */
export type ProductRequest = z.input<typeof request>;

/** The values of an attribute. */
export interface PageAttribute {
  code: string;
  name: string;
  values: AttributeValue[];
}

/** A variant on the page of its product. Amounts are in minor units. */
export interface VariantOnPage {
  id: string;
  sku: string | null;
  barcode: string | null;
  title: string;
  optionValues: Record<string, string>;
  /** Its own, in addition to those of the product. */
  attributes: PageAttribute[];
  /** Undefined: it is not for sale in this currency and list now. */
  price: { amountMinor: bigint; compareAtMinor: bigint | undefined; taxIncluded: boolean } | undefined;
  /** How many units can be promised now, in all active locations, backorders included. */
  available: number;
  metadata: JsonObject;
}

/** What the page of a product shows. */
export interface ProductOnPage {
  id: string;
  handle: string;
  title: string;
  /** As written or imported, not sanitised. */
  descriptionHtml: string;
  vendor: string;
  productType: string;
  optionNames: string[];
  tags: string[];
  publishedAt: Date | null;
  categories: { path: string; name: string }[];
  attributes: PageAttribute[];
  media: { url: string; alt: string; variantId: string | null }[];
  variants: VariantOnPage[];
  metadata: JsonObject;
}

/** SQL: the values that `owner` has of each attribute, as JSON. */
const attributesOf = (owner: string) =>
  `(select coalesce(jsonb_agg(to_jsonb(each) order by each.code), '[]') from (
      select code, name, jsonb_agg(value order by value) as "values"
      from product_attribute join attribute on attribute.code = attribute_code
      where ${owner} group by code) each)`;

const selectProduct = statement({
  params: { handle: text },
  row: {
    id: uuid,
    handle: text,
    title: text,
    descriptionHtml: text,
    vendor: text,
    productType: text,
    optionNames: textArray,
    tags: textArray,
    publishedAt: nullable(timestamptz),
    categories: jsonb<ProductOnPage['categories']>(),
    attributes: jsonb<PageAttribute[]>(),
    media: jsonb<ProductOnPage['media']>(),
    metadata: jsonb<JsonObject>(),
  },
  sql: `select id, handle, title, description_html as "descriptionHtml", vendor, product_type as "productType",
      option_names as "optionNames", tags, published_at as "publishedAt",
      (select coalesce(jsonb_agg(jsonb_build_object('path', path::text, 'name', name) order by link.position, path), '[]')
       from product_category link join category on category.id = category_id where product_id = product.id) as categories,
      ${attributesOf('product_id = product.id and variant_id is null')} as attributes,
      (select coalesce(jsonb_agg(jsonb_build_object('url', url, 'alt', alt, 'variantId', variant_id)
                                 order by position, id), '[]')
       from product_media where product_id = product.id) as media, ${metadataOf('metadata')} as metadata
    from product where handle = :handle and deleted_at is null and status = 'active'`,
});

const params = { productId: uuid, currency: text };
const row = {
  id: uuid,
  sku: nullable(text),
  barcode: nullable(text),
  title: text,
  optionValues: jsonb<Record<string, string>>(),
  amountMinor: nullable(int8),
  compareAtMinor: nullable(int8),
  taxIncluded: nullable(bool),
  attributes: jsonb<PageAttribute[]>(),
  available: int4,
  metadata: jsonb<JsonObject>(),
};
const variantsWithPricesOf = (priceList: string) =>
  `select variant.id, variant.sku, variant.barcode, variant.title, variant.option_values as "optionValues",
     price.amount_minor as "amountMinor", price.compare_at_minor as "compareAtMinor",
     ${isTaxIncluded({ priceList, currency: ':currency' })} as "taxIncluded",
     ${attributesOf('product_id = variant.product_id and variant_id = variant.id')} as attributes,
     coalesce(stock.available, 0)::integer as available, ${metadataOf('variant.metadata')} as metadata
   from product_variant variant
   left join lateral (${currentPrice('variant.id', { priceList, currency: ':currency' })}) price on true
   left join lateral (
     select sum(greatest(on_hand - reserved + backorder_limit, 0)) as available
     from stock_level level join stock_location location on location.id = level.location_id and location.active
     where level.variant_id = variant.id) stock on true
   where variant.product_id = :productId and variant.deleted_at is null
   order by variant.position, variant.id`;

const selectVariantsAtBase = statement({ params, row, sql: variantsWithPricesOf(baseList) });
const selectVariantsAtList = statement({
  params: { ...params, priceList: text },
  row,
  sql: variantsWithPricesOf(':priceList'),
});

/**
 * Reads what the page of an active product shows, in 2 statements for any number of variants, and one more for
 * another list than `base`.
 *
 * @throws UserError `invalid-input`, `price-list-not-found`; `product-not-found`: no active product has this handle
 */
export async function getProduct(em: EntityManager, input: ProductRequest): Promise<ProductOnPage> {
  const { handle, currency, priceList } = parseInput(request, input);
  await requirePriceList(em, priceList);
  const [product] = await selectProduct(em, { handle });
  if (product === undefined) throw productNotFound(handle);
  return { ...product, variants: await readVariants(em, product.id, { currency, priceList }) };
}

export function productNotFound(which: string): UserError {
  return new UserError('product-not-found', `There is no product ${which}, or it is no longer on sale.`);
}

async function readVariants(
  em: EntityManager,
  productId: string,
  scope: PriceScope,
): Promise<VariantOnPage[]> {
  const variant = { productId, ...scope };
  const rows =
    scope.priceList === 'base'
      ? await selectVariantsAtBase(em, variant)
      : await selectVariantsAtList(em, variant);
  return rows.map(({ amountMinor, compareAtMinor, taxIncluded, ...variant }) => ({
    ...variant,
    price:
      amountMinor === null || taxIncluded === null
        ? undefined
        : { amountMinor, compareAtMinor: compareAtMinor ?? undefined, taxIncluded },
  }));
}
