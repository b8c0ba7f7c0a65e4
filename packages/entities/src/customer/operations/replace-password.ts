import type { EntityManager } from '@mikro-orm/postgresql';
import { recordAudit } from '../../runtime/audit.ts';
import { text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';

const storePassword = statement({
  params: { customerId: uuid, secretHash: text },
  sql: `with ended as (
      delete from customer_token where customer_id = :customerId and purpose in ('session', 'password_reset'))
    insert into customer_credential (customer_id, secret_hash) values (:customerId, :secretHash)
    on conflict (customer_id, provider) do update
      set secret_hash = excluded.secret_hash, failed_attempts = 0, locked_until = null`,
});

/**
 * Sets the password of a customer whom the caller has locked, also if they had none. Ends all their sessions and
 * reset tokens, unlocks the password, and writes to the audit log.
 */
export async function replacePassword(
  em: EntityManager,
  customerId: string,
  secretHash: string,
  action: 'customer.change_password' | 'customer.reset_password',
): Promise<void> {
  await withoutRowDetails(() => storePassword(em, { customerId, secretHash }));
  await recordAudit(em, { action, entity: 'customer', entityId: customerId });
}
