import { SqlMigration } from './sql-migration.ts';

/** Beside the actor, whom the application names, the audit log has the database user, whom nobody can name. */
export class AuditDatabaseUser extends SqlMigration {
  protected override readonly upStatements = [
    // In two steps: a default of the first one would fill the entries of before, whose user nobody knows.
    `alter table audit_log add column database_user text`,
    `alter table audit_log alter column database_user set default session_user`,
    `comment on column audit_log.database_user is
  'Who was logged in; null: an entry of before there was this column. The actor is what the application says.'`,
    // Nor is an entry written into another time.
    `revoke insert on audit_log from shop_app`,
    `grant insert (actor, action, entity, entity_id, detail) on audit_log to shop_app`,
  ];

  protected override readonly downStatements = [
    `revoke insert on audit_log from shop_app`,
    `grant insert on audit_log to shop_app`,
    `alter table audit_log drop column database_user`,
  ];
}
