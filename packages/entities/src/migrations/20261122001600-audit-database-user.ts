import { SqlMigration } from './sql-migration.ts';

/** The audit log has the database user in addition to the actor, whom the application names. */
export class AuditDatabaseUser extends SqlMigration {
  protected override readonly upStatements = [
    // In two steps: with a default in the first, existing entries would get a user, which is unknown.
    `alter table audit_log add column database_user text`,
    `alter table audit_log alter column database_user set default session_user`,
    `comment on column audit_log.database_user is
  'Who was logged in; null: an entry of before there was this column. The actor is what the application says.'`,
    // The application does not set the time of an entry either.
    `revoke insert on audit_log from shop_app`,
    `grant insert (actor, action, entity, entity_id, detail) on audit_log to shop_app`,
  ];

  protected override readonly downStatements = [
    `revoke insert on audit_log from shop_app`,
    `grant insert on audit_log to shop_app`,
    `alter table audit_log drop column database_user`,
  ];
}
