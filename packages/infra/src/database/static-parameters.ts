/**
 * Parameters that take effect at a restart of the server: `pg_settings.context = 'postmaster'` of PostgreSQL 18,
 * and RDS's own. RDS refuses `immediate` for them, and Terraform shows a difference for ever when it is told so.
 */
export const staticParameters: ReadonlySet<string> = new Set(['rds.logical_replication']);
