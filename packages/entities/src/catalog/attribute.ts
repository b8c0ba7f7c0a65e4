import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id } from '../columns.ts';
import { trigger } from '../triggers.ts';
import { Product } from './product.ts';

const AttributeSchema = defineEntity({
  name: 'Attribute',
  tableName: 'attribute',
  properties: {
    code: p.text().primary(),
    name: p.text(),
    /** Never changes: the values of products have it. */
    valueType: p.enum(['string', 'number', 'boolean']).columnType('text'),
    createdAt,
  },
  checks: [
    { name: 'attribute_code_check', expression: `code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'` },
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
  },
  uniques: [{ name: 'product_attribute_value_unique', properties: ['product', 'attribute', 'value'] }],
  indexes: [{ name: 'product_attribute_listing_index', properties: ['attribute', 'value', 'product'] }],
  checks: [{ name: 'product_attribute_value_check', expression: 'octet_length(value::text) <= 1000' }],
  triggers: [
    trigger(
      'product_attribute',
      'value_type',
      'before insert or update',
      'for each row execute function check_attribute_value()',
    ),
  ],
});

/** A value of an attribute of a product; there may be several. A trigger refuses one of another type. */
export class ProductAttribute extends ProductAttributeSchema.class {}
ProductAttributeSchema.setClass(ProductAttribute);
