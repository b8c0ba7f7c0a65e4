import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { jsonLimits, maxLength } from '../bounds.ts';
import { lengthCheck, objectCheck } from '../length-check.ts';
import { createdAt, id, jsonObject, metadata, timestamp, updatedAt, version } from '../columns.ts';
import { updatedAtTrigger, versionTrigger } from '../triggers.ts';
import { standardTaxClass } from '../pricing/tax-by-region.ts';
import { Category } from './category.ts';
import { taxClassCheck } from './tax-class.ts';

const ProductSchema = defineEntity({
  name: 'Product',
  tableName: 'product',
  properties: {
    id,
    /** The product's name in URLs, and its key for imports. */
    handle: p.text(),
    title: p.text(),
    descriptionHtml: p.text().default(''),
    vendor: p.text().default(''),
    productType: p.text().default(''),
    status: p.enum(['draft', 'active', 'archived']).columnType('text').default('draft'),
    /** Names of the options, in their order: `['Color', 'Size']`. */
    optionNames: p.array().defaultRaw(`'{}'`),
    tags: p.array().defaultRaw(`'{}'`),
    publishedAt: timestamp().nullable(),
    /** When it was deleted; order lines still refer to it. */
    deletedAt: timestamp().nullable(),
    metadata,
    createdAt,
    updatedAt,
    version,
    search: p
      .string()
      .columnType('tsvector')
      .$type<Opt<string>>()
      .lazy()
      .hidden()
      .generated(
        `(setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', vendor || ' ' || product_type), 'B') || setweight(to_tsvector('english', regexp_replace(description_html, '<[^>]*>', ' ', 'g')), 'D')) stored`,
      ),
    variants: () => p.oneToMany(ProductVariant).mappedBy('product'),
    media: () => p.oneToMany(ProductMedia).mappedBy('product'),
  },
  uniques: [{ name: 'product_handle_unique', properties: ['handle'], where: 'deleted_at is null' }],
  indexes: [
    {
      name: 'product_listing_index',
      properties: ['createdAt', 'id'],
      where: `deleted_at is null and status = 'active'`,
    },
    {
      name: 'product_search_index',
      expression: 'create index product_search_index on product using gin (search)',
    },
    {
      name: 'product_title_trgm_index',
      expression: 'create index product_title_trgm_index on product using gin (title gin_trgm_ops)',
    },
  ],
  checks: [
    objectCheck('product', 'metadata', jsonLimits.metadata),
    lengthCheck(
      'product',
      { vendor: maxLength.identifier, product_type: maxLength.identifier },
      { option_names: 65_536, tags: 524_288 },
    ),
    { name: 'product_handle_check', expression: `handle <> '' and length(handle) <= 255` },
    { name: 'product_title_check', expression: `title <> '' and length(title) <= 500` },
    { name: 'product_description_html_check', expression: 'octet_length(description_html) <= 524288' },
  ],
  triggers: [updatedAtTrigger('product'), versionTrigger('product')],
});

/** What a shop sells, as one page shows it. Customers buy a {@link ProductVariant} of it. */
export class Product extends ProductSchema.class {}
ProductSchema.setClass(Product);

const ProductVariantSchema = defineEntity({
  name: 'ProductVariant',
  tableName: 'product_variant',
  properties: {
    id,
    product: () => p.manyToOne(Product),
    sku: p.text().nullable(),
    barcode: p.text().nullable(),
    title: p.text(),
    optionValues: jsonObject<Record<string, string>>().comment(
      `{"Color": "Red", "Size": "M"}: names of product.option_names; {} for the only variant of a product without options`,
    ),
    position: p.integer().default(0),
    weightGrams: p.integer().default(0),
    requiresShipping: p.boolean().default(true),
    taxable: p.boolean().default(true),
    taxClass: p.text().default(standardTaxClass).comment('Which of tax_rate apply, if it is taxable.'),
    deletedAt: timestamp().nullable(),
    metadata,
    createdAt,
    updatedAt,
    version,
  },
  uniques: [
    { name: 'product_variant_product_id_id_unique', properties: ['product', 'id'] },
    { name: 'product_variant_sku_unique', properties: ['sku'], where: 'deleted_at is null' },
    {
      name: 'product_variant_options_unique',
      properties: ['product', 'optionValues'],
      where: 'deleted_at is null',
    },
  ],
  indexes: [],
  checks: [
    objectCheck('product_variant', 'metadata', jsonLimits.metadata),
    lengthCheck(
      'product_variant',
      { sku: maxLength.identifier, barcode: maxLength.identifier, title: maxLength.note },
      { option_values: 65_536 },
    ),
    { name: 'product_variant_sku_check', expression: `sku <> ''` },
    { name: 'product_variant_option_values_check', expression: `jsonb_typeof(option_values) = 'object'` },
    { name: 'product_variant_weight_grams_check', expression: 'weight_grams >= 0' },
    taxClassCheck('product_variant'),
  ],
  triggers: [updatedAtTrigger('product_variant'), versionTrigger('product_variant')],
});

/** A product in one combination of its options, with a price and a stock. */
export class ProductVariant extends ProductVariantSchema.class {}
ProductVariantSchema.setClass(ProductVariant);

const ProductCategorySchema = defineEntity({
  name: 'ProductCategory',
  tableName: 'product_category',
  properties: {
    product: () => p.manyToOne(Product).primary().deleteRule('cascade').updateRule('no action'),
    category: () =>
      p
        .manyToOne(Category)
        .primary()
        .deleteRule('no action')
        .updateRule('no action')
        .index('product_category_category_id_index'),
    position: p.integer().default(0),
  },
});

/** A product in a category. */
export class ProductCategory extends ProductCategorySchema.class {}
ProductCategorySchema.setClass(ProductCategory);

const ProductMediaSchema = defineEntity({
  name: 'ProductMedia',
  tableName: 'product_media',
  properties: {
    id,
    product: () => p.manyToOne(Product).deleteRule('cascade'),
    variant: () =>
      p.manyToOne(ProductVariant).nullable().deleteRule('set null').index('product_media_variant_id_index'),
    url: p.text(),
    alt: p.text().default(''),
    position: p.integer().default(0),
    createdAt,
  },
  uniques: [{ name: 'product_media_product_id_url_unique', properties: ['product', 'url'] }],
  checks: [
    lengthCheck('product_media', { alt: maxLength.note }),
    { name: 'product_media_url_check', expression: `url ~ '^https?://' and length(url) <= 2048` },
  ],
});

/** An image of a product, or of one of its variants. */
export class ProductMedia extends ProductMediaSchema.class {}
ProductMediaSchema.setClass(ProductMedia);
