import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { key, listOf, maxUnits, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { onceIfKeyed } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, int4, nullable, textArray, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { namingPromotionRefusals, promotionNotFound } from './promotion-errors.ts';
import { couponCode, usageLimit } from './promotion-input.ts';

const creation = z.strictObject({
  idempotencyKey: key.optional(),
  promotionId: z.uuid(),
  codes: listOf(couponCode, 1000).min(1),
  usageLimit: usageLimit.optional(),
  customerUsageLimit: wholeNumber(1, maxUnits).optional(),
  reason,
});

/**
 * What {@link createCoupons} takes: up to 1,000 `codes`, of 3 to 40 letters, digits and hyphens in any case, that each
 * grant the promotion. Each may be used by `usageLimit` orders, and by `customerUsageLimit` of one customer (default:
 * any number).
 */
export type CouponCreation = z.input<typeof creation>;

const findPromotion = statement({
  params: { promotionId: uuid },
  row: { automatic: bool },
  sql: 'select automatic from promotion where id = :promotionId',
});

const insertCoupons = statement({
  params: {
    promotionId: uuid,
    codes: textArray,
    usageLimit: nullable(int4),
    customerUsageLimit: nullable(int4),
  },
  sql: `insert into coupon (promotion_id, code, usage_limit, customer_usage_limit)
    select :promotionId, code, :usageLimit, :customerUsageLimit from unnest(:codes::text[]) as code order by code`,
});

/**
 * Creates coupons of a promotion, all or none. The audit log has `coupon.create`.
 *
 * @returns how many
 * @throws UserError `invalid-input`, `idempotency-conflict`, `promotion-not-found`; `coupon-exists`: a code is taken,
 *   or is there twice; `promotion-automatic`: it needs no coupons
 */
export async function createCoupons(em: EntityManager, input: CouponCreation): Promise<{ created: number }> {
  const coupons = parseInput(creation, input);
  const { promotionId, codes, reason } = coupons;
  return await namingPromotionRefusals(() =>
    em.transactional((em) =>
      onceIfKeyed(em, 'create-coupons', coupons, async () => {
        const [promotion] = await findPromotion(em, { promotionId });
        if (promotion === undefined) throw promotionNotFound(promotionId);
        if (promotion.automatic) {
          throw new UserError('promotion-automatic', `The promotion ${promotionId} is automatic.`);
        }
        await insertCoupons(em, coupons);
        await recordAudit(em, {
          action: 'coupon.create',
          entity: 'promotion',
          entityId: promotionId,
          detail: { count: codes.length, first: codes[0] ?? '' },
          reason,
        });
        return { created: codes.length };
      }),
    ),
  );
}
