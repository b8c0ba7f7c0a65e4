import { randomUUID } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { recordAudit } from '../../runtime/audit.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { AccountLocked } from './account-locked.ts';
import { hashPassword, isWeakHash, verifyPassword } from './password-hash.ts';

// OWASP Authentication Cheat Sheet asks for a threshold and a duration; NIST SP 800-63B for at most 100 failures.
const failuresToLock = 10;
const lockMinutes = 15;

interface StoredPassword {
  customer_id: string;
  secret_hash: string;
  /** Set while the password is locked. */
  locked_until: string | null;
}

type Verdict<Result> = { state: 'right'; result: Result } | { state: 'wrong' | 'changed' } | Locked;
type Locked = { state: 'locked'; until: Date };

const lookup = (where: string) => `
  select k.customer_id, k.secret_hash, case when k.locked_until > now() then k.locked_until end as locked_until
  from customer c join customer_credential k on k.customer_id = c.id and k.provider = 'password' where ${where}`;

/**
 * Runs `operation` in a transaction of its own if the password is right. Otherwise it counts the failure: 10 in a row
 * lock the password for 15 minutes, and so does each one after. The hashing is done outside of the transaction; the
 * verdict is given in it, under the customer's lock, so that every failure counts and a guess that comes while the
 * password is locked says nothing, right or wrong. A hash that is weaker than one of today is replaced.
 *
 * It does the same work whether there is such a customer or not, and whether the password is locked or not.
 *
 * @throws AccountLocked; UserError `wrong-credentials`
 */
export async function withPassword<Result>(
  em: EntityManager,
  of: { email: string } | { customerId: string },
  password: string,
  operation: (em: EntityManager, customerId: string) => Promise<Result>,
): Promise<Result> {
  // Not the caller's transaction: one that is rolled back because of the refusal would take back the count.
  const own = em.fork();
  for (;;) {
    const [condition, value] =
      'email' in of ? ['lower(c.email) = lower(?)', of.email] : ['c.id = ?', of.customerId];
    const [stored] = await own.execute<StoredPassword[]>(lookup(condition), [value]);
    const right = await verifyPassword(password, stored?.secret_hash);
    const better =
      right && stored && isWeakHash(stored.secret_hash) ? await hashPassword(password) : undefined;
    const verdict = await withoutRowDetails(() =>
      own.transactional((em) => judge(em, stored, { right, better }, operation)),
    );
    if (verdict.state === 'right') return verdict.result;
    if (verdict.state === 'locked') throw new AccountLocked(verdict.until);
    if (verdict.state === 'wrong') {
      throw new UserError('wrong-credentials', 'The e-mail address or the password is wrong.', {
        hint: 'Try again, or ask for a new password.',
      });
    }
    // Somebody has replaced the hash meanwhile: with the same password, made stronger, or with another one.
  }
}

async function judge<Result>(
  em: EntityManager,
  stored: StoredPassword | undefined,
  { right, better }: { right: boolean; better: string | undefined },
  operation: (em: EntityManager, customerId: string) => Promise<Result>,
): Promise<Verdict<Result>> {
  // For an unknown customer the same statement, which finds nothing.
  const customerId = stored?.customer_id ?? randomUUID();
  const [now] = await em.execute<StoredPassword[]>(`${lookup('c.id = ?')} for no key update of c, k`, [
    customerId,
  ]);
  if (now === undefined) return { state: 'wrong' };
  const until = now.locked_until === null ? undefined : new Date(now.locked_until);
  if (!right) {
    await countFailure(em, customerId);
    return until === undefined ? { state: 'wrong' } : { state: 'locked', until };
  }
  if (until !== undefined) return { state: 'locked', until };
  if (now.secret_hash !== stored?.secret_hash) return { state: 'changed' };
  await em.execute(
    `update customer_credential
     set failed_attempts = 0, locked_until = null, secret_hash = coalesce(?, secret_hash)
     where customer_id = ? and provider = 'password' and (failed_attempts > 0 or ?::text is not null)`,
    [better ?? null, customerId, better ?? null],
  );
  return { state: 'right', result: await operation(em, customerId) };
}

async function countFailure(em: EntityManager, customerId: string): Promise<void> {
  const [locked] = await em.execute<{ failed_attempts: number; begins: boolean }[]>(
    `with before as (
       select id, failed_attempts + 1 >= ? and coalesce(locked_until <= now(), true) as begins
       from customer_credential where customer_id = ? and provider = 'password')
     update customer_credential k
     set failed_attempts = failed_attempts + 1,
       locked_until = case when begins then now() + make_interval(mins => ?) else locked_until end
     from before where k.id = before.id
     returning failed_attempts, begins`,
    [failuresToLock, customerId, lockMinutes],
  );
  if (!locked?.begins) return;
  const detail = { failedAttempts: locked.failed_attempts, lockMinutes };
  await recordAudit(em, { action: 'customer.lock', entity: 'customer', entityId: customerId, detail });
}
