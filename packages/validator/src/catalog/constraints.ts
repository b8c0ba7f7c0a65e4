import type { FindingsCheck } from '../check.ts';
import { catalogCheck, IN_SCOPE, type Schemas } from './catalog-check.ts';

/** Constraints that were added NOT VALID and never validated, or (PostgreSQL 18) are NOT ENFORCED. */
export function notValidConstraints(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.not-valid-constraint',
    description: 'Every constraint is enforced and validated.',
    severity: 'error',
    values: [schemas],
    sql: `SELECT format('%s.%I', c.conrelid::regclass, c.conname) AS object,
        CASE WHEN enforced THEN 'not validated: old rows may break it' ELSE 'not enforced: any row may break it' END
          AS message,
        CASE WHEN enforced THEN format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', c.conrelid::regclass, c.conname)
             WHEN c.contype = 'f'
             THEN format('ALTER TABLE %s ALTER CONSTRAINT %I ENFORCED;', c.conrelid::regclass, c.conname)
             ELSE format('ALTER TABLE %1$s DROP CONSTRAINT %2$I, ADD CONSTRAINT %2$I %3$s;', c.conrelid::regclass,
               c.conname, replace(pg_get_constraintdef(c.oid), ' NOT ENFORCED', '')) END AS fix
      FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
      -- NOT ENFORCED exists from PostgreSQL 18 on
      CROSS JOIN LATERAL (SELECT coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)) AS state (enforced)
      WHERE NOT (c.convalidated AND enforced) AND c.conrelid <> 0 AND c.conparentid = 0 AND c.coninhcount = 0
        AND ${IN_SCOPE}
      ORDER BY 1`,
  });
}

/** Triggers that do not fire: of foreign keys, and of users. A trigger that fires only on a replica counts. */
export function disabledTriggers(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.disabled-trigger',
    description: 'Every trigger fires, those of foreign keys included.',
    severity: 'error',
    values: [schemas],
    sql: `SELECT DISTINCT format('%s.%I', coalesce(k.conrelid, t.tgrelid)::regclass, coalesce(k.conname, t.tgname))
          AS object,
        CASE WHEN k.oid IS NULL THEN 'this trigger is disabled' ELSE 'triggers of this foreign key are disabled' END
          AS message,
        -- A user's trigger by its name; those of a foreign key only all at once, which needs a superuser.
        format('ALTER TABLE %s ENABLE TRIGGER %s;', t.tgrelid::regclass,
          CASE WHEN k.oid IS NULL THEN quote_ident(t.tgname) ELSE 'ALL' END) AS fix
      FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace
      LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint AND t.tgisinternal
      WHERE t.tgenabled NOT IN ('O', 'A') AND ${IN_SCOPE}
      ORDER BY 1`,
  });
}
