import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { instant, name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, int4, int8, nullable, text, textArray, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { UserError } from '@ecommerce-dms/errors';
import { namingPromotionRefusals, promotionNotFound } from './promotion-errors.ts';
import { promotionTerms } from './promotion-input.ts';

const update = z.strictObject({
  promotionId: z.uuid(),
  name: name.optional(),
  ratePpm: promotionTerms.ratePpm.optional(),
  amountMinor: promotionTerms.amountMinor.optional(),
  minimumSubtotalMinor: promotionTerms.minimumSubtotalMinor.optional(),
  minimumQuantity: promotionTerms.minimumQuantity.optional(),
  priority: promotionTerms.priority.optional(),
  combinesWith: promotionTerms.combinesWith.optional(),
  reason,
});

/**
 * What {@link updatePromotion} takes: what is left out stays. A rate stays a rate, and an amount an amount. Scope,
 * targets and beginning stay, since orders refer to them: end it, and create another.
 */
export type PromotionUpdate = z.input<typeof update>;

const ending = z.strictObject({ promotionId: z.uuid(), at: instant.optional(), reason });

/** Which promotion {@link endPromotion} ends, and when: `at`, default now. */
export type PromotionEnd = z.input<typeof ending>;

const changePromotion = statement({
  params: {
    promotionId: uuid,
    name: nullable(text),
    ratePpm: nullable(int4),
    amountMinor: nullable(int8),
    minimumSubtotalMinor: nullable(int8),
    minimumQuantity: nullable(int4),
    priority: nullable(int4),
    combinesWith: nullable(textArray),
  },
  row: { promotionId: uuid },
  sql: `update promotion set name = coalesce(:name, name), rate_ppm = coalesce(:ratePpm, rate_ppm),
      amount_minor = coalesce(:amountMinor, amount_minor),
      minimum_subtotal_minor = coalesce(:minimumSubtotalMinor, minimum_subtotal_minor),
      minimum_quantity = coalesce(:minimumQuantity, minimum_quantity), priority = coalesce(:priority, priority),
      combines_with = coalesce(:combinesWith, combines_with)
    where id = :promotionId returning id as "promotionId"`,
});

/**
 * Changes a promotion. Carts have the change at once; a checkout that was quoted before is refused as `total-changed`,
 * unless its total is the same. Orders keep what they were given. The audit log has `promotion.update` with what was
 * changed.
 *
 * @throws UserError `invalid-input`, `promotion-not-found`
 */
export async function updatePromotion(em: EntityManager, input: PromotionUpdate): Promise<void> {
  const { promotionId, reason, ...changes } = parseInput(update, input);
  await namingPromotionRefusals(() =>
    em.transactional(async (em) => {
      const [changed] = await changePromotion(em, { promotionId, ...changes });
      if (changed === undefined) throw promotionNotFound(promotionId);
      const detail = Object.fromEntries(
        Object.entries(changes)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
      );
      await recordAudit(em, {
        action: 'promotion.update',
        entity: 'promotion',
        entityId: promotionId,
        detail,
        reason,
      });
    }),
  );
}

const lockPromotion = statement({
  params: { promotionId: uuid, at: nullable(timestamptz) },
  row: { isPast: bool, hasEnded: bool, isLater: bool },
  sql: `select coalesce(:at < now(), false) as "isPast", coalesce(upper(valid) <= now(), false) as "hasEnded",
      coalesce(:at > upper(valid), false) as "isLater"
    from promotion where id = :promotionId for no key update`,
});

// The range of one that has not begun would be empty: it gets a moment that has passed.
const closePromotion = statement({
  params: { promotionId: uuid, at: nullable(timestamptz) },
  row: { at: timestamptz },
  sql: `update promotion set valid = case when lower(valid) < ended.at then tstzrange(lower(valid), least(ended.at, upper(valid)))
      else tstzrange(now() - interval '1 microsecond', now()) end
    from (select coalesce(:at, clock_timestamp()) as at) ended
    where id = :promotionId returning ended.at`,
});

/**
 * Ends a promotion, with its coupons: it is valid until `at`. A checkout that is under way may still have it; one that
 * was quoted before is refused. One that has not begun by then never begins. The audit log has `promotion.end`.
 *
 * @throws UserError `invalid-input`, also for a past time, or one after its end; `promotion-not-found`; `promotion-ended`: it has ended
 */
export async function endPromotion(em: EntityManager, input: PromotionEnd): Promise<void> {
  const { promotionId, at, reason } = parseInput(ending, input);
  await em.transactional(async (em) => {
    const [found] = await lockPromotion(em, { promotionId, at });
    if (found === undefined) throw promotionNotFound(promotionId);
    if (found.isPast) throw new UserError('invalid-input', 'at: a promotion is not ended in the past.');
    if (found.hasEnded) throw new UserError('promotion-ended', `The promotion ${promotionId} has ended.`);
    if (found.isLater) {
      throw new UserError(
        'invalid-input',
        'at: the promotion ends before; create another one to go on with.',
      );
    }
    const ended = onlyRow(await closePromotion(em, { promotionId, at }));
    await recordAudit(em, {
      action: 'promotion.end',
      entity: 'promotion',
      entityId: promotionId,
      detail: { at: ended.at.toISOString() },
      reason,
    });
  });
}
