import { bool, text } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

/**
 * Notes whether a pending authorization waits for the buyer. Only that it does: an action has a secret in it, and the
 * provider answers with it again.
 */
export const noteAction = statement({
  params: { idempotencyKey: text, provider: text, isRequired: bool },
  row: {},
  sql: `update payment_transaction t set action_required_at = case when :isRequired then now() end
    from payment p where p.id = t.payment_id and p.provider = :provider and t.idempotency_key = :idempotencyKey
      and t.kind = 'authorize' and t.status = 'pending' and (t.action_required_at is not null) <> :isRequired`,
});
