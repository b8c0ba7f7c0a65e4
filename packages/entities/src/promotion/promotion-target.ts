import { defineEntity, p } from '@mikro-orm/core';
import { Category } from '../catalog/category.ts';
import { Product, ProductVariant } from '../catalog/product.ts';
import { id } from '../columns.ts';
import { Promotion } from './promotion.ts';

const PromotionTargetSchema = defineEntity({
  name: 'PromotionTarget',
  tableName: 'promotion_target',
  comment:
    'What a promotion discounts (get; all lines where it has none), or what is to be bought for it (buy).',
  properties: {
    id,
    promotion: () => p.manyToOne(Promotion).index('promotion_target_promotion_id_index'),
    role: p.enum(['get', 'buy']).columnType('text').default('get'),
    product: () => p.manyToOne(Product).nullable().deleteRule('no action'),
    variant: () => p.manyToOne(ProductVariant).nullable().deleteRule('no action'),
    /** Its subcategories, too. */
    category: () => p.manyToOne(Category).nullable().deleteRule('no action'),
  },
  uniques: [
    { name: 'promotion_target_product_unique', properties: ['product', 'promotion', 'role'] },
    { name: 'promotion_target_variant_unique', properties: ['variant', 'promotion', 'role'] },
    { name: 'promotion_target_category_unique', properties: ['category', 'promotion', 'role'] },
  ],
  checks: [
    {
      name: 'promotion_target_one_check',
      expression: 'num_nonnulls(product_id, variant_id, category_id) = 1',
    },
  ],
});

/** A product, a variant or a category that a promotion is for. */
export class PromotionTarget extends PromotionTargetSchema.class {}
PromotionTargetSchema.setClass(PromotionTarget);
