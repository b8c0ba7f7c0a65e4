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
    sql: `select 'database ' || quote_ident(datname) as object,
        format('%s is %s old, the oldest table is %s', kind, age,
          (select c.oid::regclass from pg_class c where c.relkind in ('r', 'm', 't')
           order by case kind when 'datfrozenxid' then age(c.relfrozenxid) else mxid_age(c.relminmxid) end desc, c.oid
           limit 1)) as message,
        'VACUUM (FREEZE); after ending old transactions, prepared transactions and replication slots' as fix,
        case when age >= failsafe then 'error' end as severity
      from pg_database, lateral (values
        ('datfrozenxid', age(datfrozenxid), current_setting('vacuum_failsafe_age')::int),
        ('datminmxid', mxid_age(datminmxid), current_setting('vacuum_multixact_failsafe_age')::int)
      ) as ages (kind, age, failsafe)
      where datname = current_database() and age >= $1
      order by kind`,
  });
}

/** Extensions whose installed version is not the server's default. */
export function outdatedExtensions(): FindingsCheck {
  return catalogCheck({
    id: 'catalog.outdated-extension',
    description: 'Every extension has the default version of the server.',
    severity: 'warning',
    values: [],
    sql: `select 'extension ' || quote_ident(name) as object,
        format('version %s, the default is %s', installed_version, default_version) as message,
        format('alter extension %I update;', name) as fix
      from pg_available_extensions
      where installed_version is not null and installed_version <> default_version
      order by 1`,
  });
}
