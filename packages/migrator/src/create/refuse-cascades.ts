import { UserError } from '@ecommerce-dms/errors';
import type { DatabaseView } from '@mikro-orm/postgresql';
import { qualifiedName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import { migratorCommand } from '../migrator-command.ts';

/**
 * Refuses a change of views that others depend on: MikroORM drops a changed view with CASCADE, and creates only those
 * again that changed too.
 *
 * @throws UserError `cascade-refused`: names the other views that would be dropped.
 */
export async function refuseCascades(
  database: Queryable,
  changedViews: readonly { from: DatabaseView }[],
): Promise<void> {
  if (changedViews.length === 0) return;
  const names = changedViews.map(({ from: { schema, name } }) =>
    qualifiedName(schema ? [schema, name] : [name]),
  );
  const rows = await database.query(
    `with recursive changed as (
       select to_regclass(name)::oid as oid from jsonb_array_elements_text(?::jsonb) as name
     ), dependent as (
       select oid from changed
       union
       select rule.ev_class from dependent
       join pg_depend on refclassid = 'pg_class'::regclass and refobjid = dependent.oid
         and classid = 'pg_rewrite'::regclass
       join pg_rewrite rule on rule.oid = pg_depend.objid
     )
     select oid::regclass::text as name from dependent where oid not in (select oid from changed) order by 1`,
    [JSON.stringify(names)],
  );
  if (rows.length === 0) return;
  throw new UserError(
    'cascade-refused',
    `No migration was written: ${names.join(', ')} changed, and MikroORM drops a changed view together with the views that depend on it: ${rows.map(({ name }) => String(name)).join(', ')}.`,
    {
      hint: `Write this migration by hand: drop those views first, and create them again after it. This begins one: ${migratorCommand('create', '--blank')}.`,
    },
  );
}
