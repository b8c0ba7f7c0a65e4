import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { float8, int8, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { applyChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { reauthorizeChange } from './reauthorize-payment.ts';

const expiringRow = {
  paymentId: uuid,
  orderId: uuid,
  captureBefore: timestamptz,
  /** How many renewals have an outcome. */
  tried: int8,
  failed: int8,
};

// What ended more than a day ago was told before, and is no longer renewed.
const selectExpiring = statement({
  params: { provider: text, withinMs: float8, limit: int8 },
  row: expiringRow,
  sql: `select p.id as "paymentId", p.order_id as "orderId", coalesce(p.capture_before, now()) as "captureBefore",
      renewal.tried, renewal.failed
    from payment p join sales_order o on o.id = p.order_id
    cross join lateral (select count(*) as tried, count(*) filter (where t.status = 'failed') as failed
      from payment_transaction t where t.payment_id = p.id and t.kind = 'reauthorize') renewal
    where p.provider = :provider and p.status = 'authorized' and o.status in ('confirmed', 'partially_shipped')
      and p.capture_before > now() - interval '1 day'
      and p.capture_before < now() + make_interval(secs => :withinMs::float8 / 1000)
      and not exists (select from payment_transaction t
        where t.payment_id = p.id and t.status = 'pending' and t.kind in ('void', 'capture', 'reauthorize'))
    order by p.capture_before limit :limit`,
});

/** An authorization of an order that is still to be shipped, which ends soon or has just ended. */
export interface ExpiringAuthorization {
  paymentId: string;
  orderId: string;
  captureBefore: Date;
}

/** After so many, whoever reads the report does something else. */
const mostRefusals = 3n;

/** What {@link renewAuthorizations} found. */
interface Renewals {
  expiring: ExpiringAuthorization[];
  errors: { idempotencyKey: string; error: unknown }[];
}

/**
 * Renews the authorizations that end soon, where the provider can.
 *
 * @returns those that still end
 */
export async function renewAuthorizations(
  em: EntityManager,
  provider: PaymentProvider,
  options: { withinMs: number; limit: number },
): Promise<Renewals> {
  const found = await selectExpiring(em, { provider: provider.name, ...options });
  const renewals: Renewals = { expiring: [], errors: [] };
  for (const { tried, failed, ...authorization } of found) {
    if (await isRenewed(em, provider, { ...authorization, tried, failed }, renewals)) continue;
    renewals.expiring.push(authorization);
  }
  return renewals;
}

async function isRenewed(
  em: EntityManager,
  provider: PaymentProvider,
  { paymentId, tried, failed }: RowOf<typeof expiringRow>,
  { errors }: Renewals,
): Promise<boolean> {
  if (failed >= mostRefusals || !provider.features?.includes('reauthorize')) return false;
  // Of all sweepers at once: the same, and so one request.
  const idempotencyKey = `reauthorize:${paymentId}:${tried}`;
  try {
    const change = { idempotencyKey, paymentId, reason: 'the authorization ends soon' };
    const state = await applyChange(em, provider, reauthorizeChange, change);
    return state.transactionStatus === 'succeeded';
  } catch (error) {
    // A refusal is told by what is returned.
    if (!(error instanceof UserError && error.code === 'payment-declined'))
      errors.push({ idempotencyKey, error });
    return false;
  }
}
