import type { FindingsCheck } from '../check.ts';
import { catalogCheck, inScope, type Schemas } from './catalog-check.ts';

/** Constraints that were added NOT VALID and never validated, or (PostgreSQL 18) are NOT ENFORCED. */
export function notValidConstraints(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.not-valid-constraint',
    description: 'Every constraint is enforced and validated.',
    severity: 'error',
    values: [schemas],
    sql: `select format('%s.%I', c.conrelid::regclass, c.conname) as object,
        case when enforced then 'not validated: old rows may break it' else 'not enforced: any row may break it' end
          as message,
        case when enforced then format('alter table %s validate constraint %I;', c.conrelid::regclass, c.conname)
             when c.contype = 'f'
             then format('alter table %s alter constraint %I enforced;', c.conrelid::regclass, c.conname)
             else format('alter table %1$s drop constraint %2$I, add constraint %2$I %3$s;', c.conrelid::regclass,
               c.conname, replace(pg_get_constraintdef(c.oid), ' NOT ENFORCED', '')) end as fix
      from pg_constraint c join pg_namespace n on n.oid = c.connamespace
      -- NOT ENFORCED exists from PostgreSQL 18 on
      cross join lateral (select coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)) as state (enforced)
      where not (c.convalidated and enforced) and c.conrelid <> 0 and c.conparentid = 0 and c.coninhcount = 0
        and ${inScope}
      order by 1`,
  });
}

/** Triggers that do not fire: of foreign keys, and of users. A trigger that fires only on a replica counts. */
export function disabledTriggers(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.disabled-trigger',
    description: 'Every trigger fires, those of foreign keys included.',
    severity: 'error',
    values: [schemas],
    sql: `select distinct format('%s.%I', coalesce(k.conrelid, t.tgrelid)::regclass, coalesce(k.conname, t.tgname))
          as object,
        case when k.oid is null then 'this trigger is disabled' else 'triggers of this foreign key are disabled' end
          as message,
        -- A user's trigger by its name; those of a foreign key only all at once, which needs a superuser.
        format('alter table %s enable trigger %s;', t.tgrelid::regclass,
          case when k.oid is null then quote_ident(t.tgname) else 'ALL' end) as fix
      from pg_trigger t join pg_class r on r.oid = t.tgrelid join pg_namespace n on n.oid = r.relnamespace
      left join pg_constraint k on k.oid = t.tgconstraint and t.tgisinternal
      where t.tgenabled not in ('O', 'A') and ${inScope}
      order by 1`,
  });
}
