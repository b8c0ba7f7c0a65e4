import { UserError } from '@ecommerce-dms/errors';
import { sql } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import type { AttributeValue } from '../attribute.ts';
import { type PriceScope, priceOfVariant } from './current-price.ts';
import { requirePriceList } from './require-price-list.ts';

const request = z.strictObject({
  handle: z.string().min(1),
  currency: z.string(),
  priceList: z.string().default('base'),
});

/** Which product {@link getProduct} reads, and in which currency and list (`base` unless told) its prices are; those that the list has not are of `base`. */
export type ProductRequest = z.input<typeof request>;

/** The values of an attribute. */
export interface PageAttribute {
  code: string;
  name: string;
  values: AttributeValue[];
}

/** A variant on the page of its product. */
export interface VariantOnPage {
  id: string;
  sku: string | null;
  title: string;
  optionValues: Record<string, string>;
  /** Its own, beside those of the product. */
  attributes: PageAttribute[];
  /** Undefined: it is not for sale in this currency and list now. */
  price: { amountMinor: bigint; compareAtMinor: bigint | undefined } | undefined;
  /** What can be promised now, in all active locations, back orders included. */
  available: number;
}

/** What the page of a product shows. */
export interface ProductOnPage {
  id: string;
  handle: string;
  title: string;
  /** As it was written or imported, not sanitised. */
  descriptionHtml: string;
  vendor: string;
  productType: string;
  optionNames: string[];
  tags: string[];
  categories: { path: string; name: string }[];
  attributes: PageAttribute[];
  media: { url: string; alt: string; variantId: string | null }[];
  variants: VariantOnPage[];
}

/**
 * What the page of an active product shows, in 2 statements however many variants it has, or 3 where the list is
 * another one than `base`.
 *
 * @throws UserError `bad-input`; `no-such-product` where none of this handle is active; `unknown-price-list`
 */
export async function getProduct(em: EntityManager, input: ProductRequest): Promise<ProductOnPage> {
  const { handle, currency, priceList } = parseInput(request, input);
  await requirePriceList(em, priceList);
  const [product] = await em.execute<Omit<ProductOnPage, 'variants'>[]>(
    `select id, handle, title, description_html as "descriptionHtml", vendor, product_type as "productType",
       to_jsonb(option_names) as "optionNames", to_jsonb(tags) as tags,
       (select coalesce(jsonb_agg(jsonb_build_object('path', path::text, 'name', name) order by link.position, path), '[]')
        from product_category link join category on category.id = category_id where product_id = product.id) as categories,
       (select coalesce(jsonb_agg(to_jsonb(each) order by each.code), '[]') from (
          select code, name, jsonb_agg(value order by value) as "values"
          from product_attribute join attribute on attribute.code = attribute_code
          where product_id = product.id and variant_id is null group by code) each) as attributes,
       (select coalesce(jsonb_agg(jsonb_build_object('url', url, 'alt', alt, 'variantId', variant_id)
                                  order by position, id), '[]')
        from product_media where product_id = product.id) as media
     from product where handle = ? and deleted_at is null and status = 'active'`,
    [handle],
  );
  if (product === undefined) throw noSuchProduct(handle);
  return { ...product, variants: await readVariants(em, product.id, { currency, priceList }) };
}

/** There is no product of this handle or id to see or to change. */
export function noSuchProduct(which: string): UserError {
  return new UserError('no-such-product', `There is no product ${which}, or it is not on offer any more.`);
}

async function readVariants(
  em: EntityManager,
  productId: string,
  scope: PriceScope,
): Promise<VariantOnPage[]> {
  type Row = Omit<VariantOnPage, 'price'> & { amount: string | null; compareAt: string | null };
  const rows = await em.execute<Row[]>(
    sql`select variant.id, variant.sku, variant.title, variant.option_values as "optionValues",
       price.amount_minor as amount, price.compare_at_minor as "compareAt",
       (select coalesce(jsonb_agg(to_jsonb(each) order by each.code), '[]') from (
          select code, name, jsonb_agg(value order by value) as "values"
          from product_attribute join attribute on attribute.code = attribute_code
          where product_id = variant.product_id and variant_id = variant.id group by code) each) as attributes,
       coalesce(stock.available, 0)::integer as available
     from product_variant variant
     left join lateral (${priceOfVariant('variant.id', scope)}) price on true
     left join lateral (
       select sum(greatest(on_hand - reserved + backorder_limit, 0)) as available
       from stock_level level join stock_location location on location.id = level.location_id and location.active
       where level.variant_id = variant.id) stock on true
     where variant.product_id = ${productId} and variant.deleted_at is null
     order by variant.position, variant.id`,
  );
  return rows.map(({ amount, compareAt, ...variant }) => ({
    ...variant,
    price:
      amount === null
        ? undefined
        : {
            amountMinor: BigInt(amount),
            compareAtMinor: compareAt === null ? undefined : BigInt(compareAt),
          },
  }));
}
