import type { EntityManager } from '@mikro-orm/postgresql';
import { closeDueCarts } from '../cart/operations/expire-carts.ts';
import { expireHolds } from '../fulfilment/operations/expire-holds.ts';
import type { PaymentProvider } from '../payment/operations/payment-provider.ts';
import { sweepPendingTransactions } from '../payment/operations/sweep-pending-transactions.ts';
import { rotateAuditLog } from '../runtime/audit.ts';
import { removeLateRows } from '../runtime/remove-expired.ts';
import { keyLifetimeMs } from '../runtime/idempotency-key.ts';
import { onlyRow } from '../runtime/statement.ts';
import type { ParsedMaintenance } from './maintenance-options.ts';
import type { MaintenanceTask } from './maintenance-tasks.ts';
import { removeOldCarts, removePublishedEvents, rowsLookedAt } from './remove-old-rows.ts';
import { type ReturnPage, returnExpiredMoney } from './return-expired-money.ts';
import { withTimeLimit } from './with-time-limit.ts';

/** What a step of a task did, in a transaction of its own or in several. */
interface Step {
  affected: number;
  /** Whether nothing is left to do. */
  isDone: boolean;
}

/** A task that runs: each call is its next step. */
type BeginTask = (em: EntityManager, options: ParsedMaintenance) => () => Promise<Step>;

const dayMs = 86_400_000;
/** So that a slow provider delays the end of a task by little. */
const fewAtOnce = 10;
const removeLateKeys = removeLateRows('idempotency_key', 'scope, key');
const removeLateTokens = removeLateRows('customer_token', 'id');

/** How each task begins. */
export const taskSteps: Record<MaintenanceTask, BeginTask> = {
  holds:
    (em, { batchSize }) =>
    async () => {
      // An order takes many statements, so a batch is small.
      const orders = await expireHolds(em.fork(), { limit: Math.min(batchSize, 100) });
      return { affected: orders.length, isDone: orders.length === 0 };
    },
  payments: (em, options) => {
    const waiting = limited(options);
    return async () => await sweepNext(em, waiting);
  },
  'expired-money': (em, options) => {
    const waiting = limited(options);
    let after: ReturnPage | undefined;
    return async () => {
      const [provider] = waiting;
      if (provider === undefined) return { affected: 0, isDone: true };
      const { returned, last } = await returnExpiredMoney(em.fork(), provider, { after, limit: fewAtOnce });
      after = last;
      if (last === undefined) waiting.shift();
      return { affected: returned, isDone: waiting.length === 0 };
    };
  },
  carts: (em, { batchSize }) =>
    batches(batchSize, async () => (await closeDueCarts(em, { batchSize })).length),
  keys: (em, { batchSize: limit, ages }) =>
    batches(limit, () => removeLateKeys(em, { limit, lateMs: ages.keyDays * dayMs - keyLifetimeMs })),
  tokens: (em, { batchSize: limit }) => batches(limit, () => removeLateTokens(em, { limit, lateMs: 0 })),
  'published-events': (em, { batchSize, ages }) => {
    const page = { pageSize: batchSize * rowsLookedAt, keepMs: ages.outboxDays * dayMs };
    let after = 0n;
    return async () => {
      const { removed, last, isLast } = onlyRow(await removePublishedEvents(em, { after, ...page }));
      after = last ?? after;
      return { affected: removed, isDone: isLast };
    };
  },
  'old-carts': (em, { batchSize, ages }) => {
    const page = { pageSize: batchSize * rowsLookedAt, keepMs: ages.cartDays * dayMs };
    let after = '00000000-0000-0000-0000-000000000000';
    return async () => {
      const { removed, last, isLast } = onlyRow(await removeOldCarts(em, { after, ...page }));
      after = last ?? after;
      return { affected: removed, isDone: isLast };
    };
  },
  'audit-log':
    (em, { ownerEm = em, ages }) =>
    async () => {
      const dropped = await rotateAuditLog(ownerEm.fork(), { keepMonths: ages.auditLogMonths });
      return { affected: dropped.length, isDone: true };
    },
};

function limited({ payments, providerTimeoutMs, signal }: ParsedMaintenance): PaymentProvider[] {
  return payments.map((provider) => withTimeLimit(provider, providerTimeoutMs, signal));
}

/** Batches of `size` until one is not full. */
function batches(size: number, next: () => Promise<number>) {
  return async (): Promise<Step> => {
    const affected = await next();
    return { affected, isDone: affected < size };
  };
}

/** A few transactions of the first provider that has some. */
async function sweepNext(em: EntityManager, waiting: PaymentProvider[]): Promise<Step> {
  const [provider] = waiting;
  if (provider === undefined) return { affected: 0, isDone: true };
  const { succeeded, failed, pending, errors } = await sweepPendingTransactions(em.fork(), provider, {
    limit: fewAtOnce,
  });
  const [first] = errors;
  // One that fails each time is found by a check; here is reported that the sweep itself does not work.
  if (first !== undefined && succeeded + failed + pending === 0) {
    throw new Error(`No transaction of ${provider.name} could be settled; ${first.idempotencyKey} failed.`, {
      cause: first.error,
    });
  }
  const affected = succeeded + failed;
  if (affected + pending + errors.length === 0) waiting.shift();
  return { affected, isDone: waiting.length === 0 };
}
