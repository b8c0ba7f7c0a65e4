import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { createdAt, id } from '../columns.ts';
import { trigger } from '../triggers.ts';
import { Product, ProductVariant } from './product.ts';
import { slugPattern } from './slug.ts';

const AttributeSchema = defineEntity({
  name: 'Attribute',
  tableName: 'attribute',
  properties: {
    code: p.text().primary(),
    name: p.text(),
    /** Never changes: values of products are of this type. */
    valueType: p.enum(['string', 'number', 'boolean']).columnType('text'),
    createdAt,
  },
  checks: [
    lengthCheck('attribute', { code: maxLength.line, name: maxLength.line }),
    { name: 'attribute_code_check', expression: `code ~ '${slugPattern}'` },
    { name: 'attribute_name_check', expression: `name <> ''` },
  ],
});

/** A property that products have: a colour, a weight, whether it is waterproof. */
export class Attribute extends AttributeSchema.class {}
AttributeSchema.setClass(Attribute);

/** A value of an attribute. */
export type AttributeValue = string | number | boolean;

const ProductAttributeSchema = defineEntity({
  name: 'ProductAttribute',
  tableName: 'product_attribute',
  properties: {
    id,
    product: () => p.manyToOne(Product).deleteRule('cascade').updateRule('no action'),
    attribute: () => p.manyToOne(Attribute).updateRule('no action'),
    value: p.json<AttributeValue>(),
    variant: () => p.manyToOne(ProductVariant).nullable().createForeignKeyConstraint(false),
    /** The foreign key that keeps `variant` one of `product`; not to be read or set. */
    variantOfProduct: () =>
      p
        .manyToOne(ProductVariant)
        .joinColumns('product_id', 'variant_id')
        .referencedColumnNames('product_id', 'id')
        .columnTypes('uuid', 'uuid')
        .ownColumns()
        .nullable()
        .deleteRule('cascade')
        .updateRule('no action')
        .lazy()
        .hydrate(false)
        .hidden()
        .foreignKeyName('product_attribute_product_id_variant_id_foreign'),
  },
  indexes: [
    { name: 'product_attribute_listing_index', properties: ['attribute', 'value', 'product'] },
    {
      name: 'product_attribute_value_unique',
      expression:
        'create unique index product_attribute_value_unique on product_attribute (product_id, variant_id, attribute_code, value) nulls not distinct',
    },
  ],
  checks: [{ name: 'product_attribute_value_check', expression: 'octet_length(value::text) <= 1000' }],
  triggers: [
    trigger('product_attribute', 'value_type', {
      timing: 'before',
      events: ['insert', 'update'],
      execute: 'check_attribute_value',
    }),
  ],
});

/**
 * A value of an attribute of a product or of one of its variants, which may have several. A trigger checks its type.
 */
export class ProductAttribute extends ProductAttributeSchema.class {}
ProductAttributeSchema.setClass(ProductAttribute);
