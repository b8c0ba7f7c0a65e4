import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { currencyCode, instant, key, name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { promotionScopes } from '../../pricing/apply-promotions.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { onceIfKeyed } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
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
import { onlyRow, statement } from '../../runtime/statement.ts';
import { namingPromotionRefusals } from './promotion-errors.ts';
import {
  buyGet,
  couponCode,
  promotionTargets,
  promotionTerms,
  targetRows,
  usageLimit,
} from './promotion-input.ts';

const creation = z
  .strictObject({
    idempotencyKey: key.optional(),
    name,
    scope: z.enum(promotionScopes).default('order'),
    ratePpm: promotionTerms.ratePpm.optional(),
    amountMinor: promotionTerms.amountMinor.optional(),
    currency: currencyCode.optional(),
    targets: promotionTargets.optional(),
    buyGet: buyGet.optional(),
    minimumSubtotalMinor: promotionTerms.minimumSubtotalMinor.default(0n),
    minimumQuantity: promotionTerms.minimumQuantity.default(0),
    customers: z.enum(['all', 'signed_in', 'first_order']).default('all'),
    priority: promotionTerms.priority.default(0),
    combinesWith: promotionTerms.combinesWith.default([]),
    from: instant.optional(),
    until: instant.optional(),
    automatic: z.strictObject({ code: couponCode, usageLimit: usageLimit.optional() }).optional(),
    reason,
  })
  .refine(({ scope, targets, buyGet }) => scope === 'line' || (!targets && !buyGet), {
    path: ['scope'],
    message: 'only a promotion of lines has targets, or is of what is bought and got',
  })
  .refine(
    ({ targets, buyGet }) =>
      [targets, buyGet?.of].every((each) => each === undefined || targetRows('get', each).length > 0),
    { path: ['targets'], message: 'names nothing' },
  );

/**
 * What {@link createPromotion} takes. It takes `ratePpm` millionths (100,000 is 10 %) or `amountMinor` in minor units
 * of `currency` off what `scope` says: the lines of its `targets` (`line`; default all lines), what is left of all
 * lines (`order`, the default), or the shipping fees (`shipping`; 1,000,000 is free shipping). An amount is of the
 * whole order, and divided over its lines.
 *
 * `buyGet`: of each `buyQuantity + getQuantity` units of the targets, from the dearest on, the last `getQuantity` are
 * discounted at the rate; or, where `of` names what is to be bought, `getQuantity` of the targets, dearest first, for
 * each `buyQuantity` of it. Each unit counts once.
 *
 * Conditions: `minimumSubtotalMinor` of all lines before discounts, `minimumQuantity` of the lines of its targets,
 * `customers` (default `all`; `first_order`: signed in, without an order that is not cancelled), `from` (default now)
 * and `until` (default open), `currency`.
 *
 * `automatic`: it needs no coupon. Its discounts have the `code`, and at most `usageLimit` orders use it. Without it,
 * {@link createCoupons} makes its coupons. `combinesWith` (default none): scopes of others that it may be used with, if
 * they name its scope, too. `priority` (default 0): promotions of the order are taken off one after another, lowest
 * first.
 */
export type PromotionCreation = z.input<typeof creation>;

/** A promotion that was created. */
export interface CreatedPromotion {
  promotionId: string;
}

const comparePeriod = statement({
  params: { from: nullable(timestamptz), until: nullable(timestamptz) },
  row: { isPast: bool, isOver: bool },
  sql: `select coalesce(:from < now() - interval '1 minute', false) as "isPast",
      coalesce(:until <= coalesce(:from, now()), false) as "isOver"`,
});

const insertPromotion = statement({
  params: {
    name: text,
    automatic: bool,
    scope: text,
    ratePpm: nullable(int4),
    amountMinor: nullable(int8),
    currency: nullable(text),
    minimumSubtotalMinor: int8,
    minimumQuantity: int4,
    buyQuantity: nullable(int4),
    getQuantity: nullable(int4),
    customers: text,
    priority: int4,
    combinesWith: textArray,
    from: nullable(timestamptz),
    until: nullable(timestamptz),
  },
  row: { promotionId: uuid },
  sql: `insert into promotion (name, automatic, scope, rate_ppm, amount_minor, currency_code, minimum_subtotal_minor,
      minimum_quantity, buy_quantity, get_quantity, customers, priority, combines_with, valid)
    values (:name, :automatic, :scope, :ratePpm, :amountMinor, :currency, :minimumSubtotalMinor, :minimumQuantity,
      :buyQuantity, :getQuantity, :customers, :priority, :combinesWith, tstzrange(coalesce(:from, now()), :until))
    returning id as "promotionId"`,
});

const insertTargets = statement({
  params: { promotionId: uuid, targets: jsonb() },
  sql: `insert into promotion_target (promotion_id, role, product_id, variant_id, category_id)
    select :promotionId, r.role, r."productId", r."variantId", r."categoryId"
    from jsonb_to_recordset(:targets) as r (role text, "productId" uuid, "variantId" uuid, "categoryId" uuid)`,
});

const insertAutomaticCoupon = statement({
  params: { promotionId: uuid, code: text, usageLimit: nullable(int4) },
  sql: 'insert into coupon (promotion_id, code, usage_limit) values (:promotionId, :code, :usageLimit)',
});

/**
 * Creates a promotion, automatic or to be granted by coupons. Carts have it at once; a checkout that was quoted before
 * is refused as `total-changed`, unless its total is the same. The audit log has `promotion.create`.
 *
 * @throws UserError `invalid-input`, `idempotency-conflict`, `currency-not-found`, `product-not-found`,
 *   `variant-not-found`, `category-not-found`; `coupon-exists`: another has the code
 * @example
 * ```ts
 * const automatic = { code: 'SHIRTS-3-FOR-2', usageLimit: 1000 };
 * const targets = { categoryIds: [shirts.id] }; // its subcategories, too
 * const buyGet = { buyQuantity: 2, getQuantity: 1 };
 * await createPromotion(em, { name: '3 for 2', scope: 'line', ratePpm: 1_000_000, targets, buyGet, automatic });
 * ```
 */
export async function createPromotion(
  em: EntityManager,
  input: PromotionCreation,
): Promise<CreatedPromotion> {
  const promotion = parseInput(creation, input);
  const { buyGet, targets, automatic, reason } = promotion;
  return await namingPromotionRefusals(() =>
    em.transactional((em) =>
      onceIfKeyed(em, 'create-promotion', promotion, async () => {
        await requireFuture(em, promotion);
        const { promotionId } = onlyRow(
          await insertPromotion(em, {
            ...promotion,
            automatic: automatic !== undefined,
            buyQuantity: buyGet?.buyQuantity,
            getQuantity: buyGet?.getQuantity,
          }),
        );
        const rows = [...targetRows('get', targets), ...targetRows('buy', buyGet?.of)];
        if (rows.length > 0) await insertTargets(em, { promotionId, targets: rows });
        if (automatic !== undefined) await insertAutomaticCoupon(em, { promotionId, ...automatic });
        await recordAudit(em, {
          action: 'promotion.create',
          entity: 'promotion',
          entityId: promotionId,
          detail: {
            name: promotion.name,
            scope: promotion.scope,
            ...(automatic && { code: automatic.code }),
          },
          reason,
        });
        return { promotionId };
      }),
    ),
  );
}

/** Not of the input alone: a request that is repeated later gets its result. By the clock of the server. */
async function requireFuture(em: EntityManager, { from, until }: z.output<typeof creation>): Promise<void> {
  const { isPast, isOver } = onlyRow(await comparePeriod(em, { from, until }));
  if (isPast) throw new UserError('invalid-input', 'from: in the past');
  if (isOver) throw new UserError('invalid-input', 'until: not after the beginning');
}
