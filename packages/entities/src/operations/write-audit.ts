import type { EntityManager } from '@mikro-orm/postgresql';

/** What happened to which row. No personal data in `detail`: an erased customer must not live on in the log. */
export interface AuditEntry {
  action: string;
  entity: string;
  entityId: string | null;
  detail?: Record<string, unknown>;
}

/** Appends to `audit_log`, in the caller's transaction. The actor is the setting `shop.actor`, or else the user. */
export async function writeAudit(em: EntityManager, entry: AuditEntry): Promise<void> {
  await em.execute(
    `insert into audit_log (actor, action, entity, entity_id, detail)
     values (coalesce(nullif(current_setting('shop.actor', true), ''), session_user), ?, ?, ?, ?::jsonb)`,
    [entry.action, entry.entity, entry.entityId, JSON.stringify(entry.detail ?? {})],
  );
}
