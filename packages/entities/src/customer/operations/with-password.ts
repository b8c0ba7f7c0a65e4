import { randomUUID } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { recordAudit } from '../../runtime/audit.ts';
import { bool, int4, nullable, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { AccountLocked } from './account-locked.ts';
import { hashPassword, isWeakHash, verifyPassword } from './password-hash.ts';
import { isPerson, type Person } from './person-input.ts';

// OWASP Authentication Cheat Sheet asks for a threshold and a duration; NIST SP 800-63B for at most 100 failures.
const failuresToLock = 10;
const lockMinutes = 15;

const storedPassword = {
  customerId: uuid,
  secretHash: nullable(text),
  /** Set while the password is locked. */
  lockedUntil: nullable(timestamptz),
};
type StoredPassword = RowOf<typeof storedPassword>;

type Verdict<Result> = { state: 'right'; result: Result } | { state: 'wrong' | 'changed' } | Locked;
type Locked = { state: 'locked'; until: Date };

const passwordWhere = (condition: string) => `
  select k.customer_id as "customerId", k.secret_hash as "secretHash",
    case when k.locked_until > now() then k.locked_until end as "lockedUntil"
  from customer c join customer_credential k on k.customer_id = c.id and k.provider = 'password' where ${condition}`;

const findPassword = statement({
  params: { customerId: nullable(uuid), email: nullable(text) },
  row: storedPassword,
  sql: passwordWhere(isPerson),
});

const lockPassword = statement({
  params: { customerId: uuid },
  row: storedPassword,
  sql: `${passwordWhere('c.id = :customerId')} for no key update of c, k`,
});

const unlockPassword = statement({
  params: { customerId: uuid, better: nullable(text) },
  sql: `update customer_credential
    set failed_attempts = 0, locked_until = null, secret_hash = coalesce(:better, secret_hash)
    where customer_id = :customerId and provider = 'password' and (failed_attempts > 0 or :better::text is not null)`,
});

const addFailure = statement({
  params: { customerId: uuid, failuresToLock: int4, lockMinutes: int4 },
  row: { failedAttempts: int4, begins: bool },
  sql: `with before as (
      select id, failed_attempts + 1 >= :failuresToLock and coalesce(locked_until <= now(), true) as begins
      from customer_credential where customer_id = :customerId and provider = 'password')
    update customer_credential k
    set failed_attempts = failed_attempts + 1,
      locked_until = case when begins then now() + make_interval(mins => :lockMinutes) else locked_until end
    from before where k.id = before.id
    returning failed_attempts as "failedAttempts", begins`,
});

/**
 * Runs `operation` in a transaction of its own if the password is right. Otherwise it counts the failure: 10 in a row
 * lock the password for 15 minutes, and so does each one after. The password is hashed outside of the transaction;
 * the decision is made inside, under the customer's lock, so that every failure counts and a guess while the password
 * is locked reveals nothing, right or wrong. A hash with weaker parameters than today's is replaced.
 *
 * It takes as long if there is no such customer, or the password is locked.
 *
 * @throws AccountLocked: too many wrong passwords
 * @throws UserError `invalid-credentials`
 */
export async function withPassword<Result>(
  em: EntityManager,
  of: Person,
  password: string,
  operation: (em: EntityManager, customerId: string) => Promise<Result>,
): Promise<Result> {
  // Not the caller's transaction: rolled back because of the refusal, it would lose the count.
  const own = em.fork();
  for (;;) {
    const [stored] = await findPassword(own, of);
    const right = await verifyPassword(password, stored?.secretHash ?? undefined);
    const better =
      right && stored?.secretHash && isWeakHash(stored.secretHash) ? await hashPassword(password) : undefined;
    const verdict = await withoutRowDetails(() =>
      own.transactional((em) => judge(em, stored, { right, better }, operation)),
    );
    if (verdict.state === 'right') return verdict.result;
    if (verdict.state === 'locked') throw new AccountLocked(verdict.until);
    if (verdict.state === 'wrong') {
      throw new UserError('invalid-credentials', 'The e-mail address or the password is wrong.', {
        hint: 'Try again, or ask for a new password.',
      });
    }
    // The hash was replaced meanwhile: by a stronger one of this password, or by that of another password.
  }
}

async function judge<Result>(
  em: EntityManager,
  stored: StoredPassword | undefined,
  { right, better }: { right: boolean; better: string | undefined },
  operation: (em: EntityManager, customerId: string) => Promise<Result>,
): Promise<Verdict<Result>> {
  // The same statement for an unknown customer, whom it does not find.
  const customerId = stored?.customerId ?? randomUUID();
  const [now] = await lockPassword(em, { customerId });
  if (now === undefined) return { state: 'wrong' };
  const until = now.lockedUntil ?? undefined;
  if (!right) {
    await countFailure(em, customerId);
    return until === undefined ? { state: 'wrong' } : { state: 'locked', until };
  }
  if (until !== undefined) return { state: 'locked', until };
  if (now.secretHash !== stored?.secretHash) return { state: 'changed' };
  await unlockPassword(em, { customerId, better });
  return { state: 'right', result: await operation(em, customerId) };
}

async function countFailure(em: EntityManager, customerId: string): Promise<void> {
  const [locked] = await addFailure(em, { customerId, failuresToLock, lockMinutes });
  if (!locked?.begins) return;
  const detail = { failedAttempts: locked.failedAttempts, lockMinutes };
  await recordAudit(em, { action: 'customer.lock', entity: 'customer', entityId: customerId, detail });
}
