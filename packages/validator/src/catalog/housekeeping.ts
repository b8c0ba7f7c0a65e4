import type { FindingsCheck } from '../check.ts';
import { catalogCheck } from './catalog-check.ts';

/**
 * The database's age in transactions and multixacts. At 2^31 the server refuses writes; from `vacuum_failsafe_age`
 * (1.6 billion by default) vacuum drops everything else to prevent that, which makes it an error.
 */
export function transactionAge(maxAge: number): FindingsCheck {
  return catalogCheck({
    id: 'catalog.wraparound',
    description: 'The database is far from transaction ID wraparound.',
    severity: 'warning',
    values: [maxAge],
    sql: `SELECT 'database ' || quote_ident(datname) AS object,
        format('%s is %s old, the oldest table is %s', kind, age,
          (SELECT c.oid::regclass FROM pg_class c WHERE c.relkind IN ('r', 'm', 't')
           ORDER BY CASE kind WHEN 'datfrozenxid' THEN age(c.relfrozenxid) ELSE mxid_age(c.relminmxid) END DESC, c.oid
           LIMIT 1)) AS message,
        'VACUUM (FREEZE); after ending old transactions, prepared transactions and replication slots' AS fix,
        CASE WHEN age >= failsafe THEN 'error' END AS severity
      FROM pg_database, LATERAL (VALUES
        ('datfrozenxid', age(datfrozenxid), current_setting('vacuum_failsafe_age')::int),
        ('datminmxid', mxid_age(datminmxid), current_setting('vacuum_multixact_failsafe_age')::int)
      ) AS ages (kind, age, failsafe)
      WHERE datname = current_database() AND age >= $1
      ORDER BY kind`,
  });
}

/** Extensions whose installed version is not the server's default. */
export function outdatedExtensions(): FindingsCheck {
  return catalogCheck({
    id: 'catalog.outdated-extension',
    description: 'Every extension has the default version of the server.',
    severity: 'warning',
    values: [],
    sql: `SELECT 'extension ' || quote_ident(name) AS object,
        format('version %s, the default is %s', installed_version, default_version) AS message,
        format('ALTER EXTENSION %I UPDATE;', name) AS fix
      FROM pg_available_extensions
      WHERE installed_version IS NOT NULL AND installed_version <> default_version
      ORDER BY 1`,
  });
}
