import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, expect, test } from 'vitest';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import { ormOptions } from '../orm-options.ts';
import { ownerRole } from '../roles/index.ts';
import { migrations } from './index.ts';

let database: TestDatabase | undefined;
let orm: MikroORM | undefined;

afterEach(async () => {
  await orm?.close();
  await database?.drop();
});

const isOurs = (oid: string, catalog: string) => `not exists (select from pg_depend
    where classid = '${catalog}'::regclass and objid = ${oid} and deptype = 'e')`;

/** What a schema consists of, with the rights and comments, one line each. */
const schemaText = `
  with relation as (
    select c.* from pg_class c where relnamespace = 'public'::regnamespace and ${isOurs('c.oid', 'pg_class')}
      and relname !~ '^(migration_ledger|audit_log_)')
  select 'relation ' || relname || coalesce(' ' || reloptions::text, '') || coalesce(' ' || obj_description(oid, 'pg_class'), '')
    from relation
  union all
  select format('right %s on %s', (grantee::regrole, privilege_type), relname)
    from relation, aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)))
  union all
  select format('column %s.%s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull,
      pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
    from pg_attribute join relation on relation.oid = attrelid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v')
  union all
  select format('right %s on %s.%s', (grantee::regrole, privilege_type), relname, attname)
    from pg_attribute join relation on relation.oid = attrelid, aclexplode(attacl) where not attisdropped
  union all
  select format('constraint %s on %s %s %s', conname, conrelid::regclass, pg_get_constraintdef(c.oid),
      obj_description(c.oid, 'pg_constraint'))
    from pg_constraint c join relation on relation.oid = conrelid where contype <> 'n'
  union all
  select 'index ' || pg_get_indexdef(indexrelid) || coalesce(' ' || obj_description(indexrelid, 'pg_class'), '')
    from pg_index join relation on relation.oid = indrelid
  union all
  select 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text
    from pg_trigger t join relation on relation.oid = tgrelid where not tgisinternal
  union all
  select pg_get_functiondef(p.oid) || coalesce(proacl::text, '') from pg_proc p
    where pronamespace = 'public'::regnamespace and prokind = 'f' and ${isOurs('p.oid', 'pg_proc')}`;

// Those of before cannot be edited any more.
const firstChecked = '20261130';

test('each migration leaves what was before it when it is reverted', async () => {
  database = await createTestDatabase({ template: shopTemplate });
  orm = await MikroORM.init({
    ...ormOptions({ url: urlAs(database.url, ownerRole) }),
    logger: () => undefined,
  });
  const { em, migrator } = orm;
  const read = async () => {
    const rows = await em.fork().execute<{ text: string }[]>(`select * from (${schemaText}) as line (text)`);
    return rows.map(({ text }) => text).toSorted();
  };
  const recent = migrations.filter(({ name }) => name >= firstChecked);
  await migrator.down({ migrations: recent.map(({ name }) => name).toReversed() });
  const earlier = new Map<string, string[]>();
  for (const { name } of recent) {
    earlier.set(name, await read());
    await migrator.up({ migrations: [name] });
  }
  const differences: Record<string, { missing: string[]; left: string[] }> = {};
  for (const { name } of recent.toReversed()) {
    await migrator.down({ migrations: [name] });
    const before = earlier.get(name) ?? [];
    const after = await read();
    const missing = before.filter((line) => !after.includes(line));
    const left = after.filter((line) => !before.includes(line));
    if (missing.length + left.length > 0) differences[name] = { missing, left };
  }
  expect(differences).toEqual({});
});
