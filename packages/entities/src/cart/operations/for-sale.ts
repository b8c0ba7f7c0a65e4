import { UserError } from '@ecommerce-dms/errors';

/** SQL: whether the variant of a row of `price` is offered. */
export const isOffered = `exists (select from product_variant v join product p on p.id = v.product_id
  where v.id = price.variant_id and v.deleted_at is null and p.deleted_at is null and p.status = 'active')`;

/** The most units that a line of a cart has; a CHECK of `cart_line` says so, too. */
export const maxQuantity = 9999;

export function variantNotForSale(variantId: string): UserError {
  return new UserError(
    'variant-not-for-sale',
    `The variant ${variantId} has no price now, or is not offered.`,
  );
}
