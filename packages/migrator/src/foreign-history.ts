import { qualifiedName } from './identifiers.ts';
import type { Ledger } from './ledger.ts';
import type { Fault } from './refuse-faults.ts';

/** The tables in which other tools record what they have applied. */
const toolsByTable: Record<string, string> = {
  flyway_schema_history: 'Flyway',
  databasechangelog: 'Liquibase',
  _prisma_migrations: 'Prisma',
  __drizzle_migrations: 'Drizzle',
  pgmigrations: 'node-pg-migrate',
  knex_migrations: 'Knex',
  SequelizeMeta: 'Sequelize',
  django_migrations: 'Django',
  alembic_version: 'Alembic',
  schema_migrations: 'another migration tool',
};

/**
 * Pending migrations that another table records as applied: that of MikroORM's own migrator, or a ledger of this one
 * under another name. Running them again would fail, or repeat changes.
 *
 * @param schema of the run, since the same migrations may have run in another one; undefined looks at all schemas
 * @param isNew whether the ledger has no rows
 */
export async function recordedElsewhere(
  ledger: Ledger,
  { pending, schema, isNew }: { pending: readonly string[]; schema: string | undefined; isNew: boolean },
): Promise<Fault[]> {
  const own = ledger.getTableName();
  // Recognized by their columns, since projects name them freely. Ledgers of this migrator with the same name in other
  // schemas belong to other runs with `schema`; MikroORM's own table has no fingerprints.
  const tables = await findTables(
    ledger,
    `(relation.relname <> ? or namespace.nspname <> ? and not exists (
       select from pg_attribute where attrelid = relation.oid and not attisdropped and attname = 'fingerprint'))
     and (?::text is null or namespace.nspname in (?, ?))
     and (select count(*) from pg_attribute where attrelid = relation.oid and not attisdropped
          and attname in ('id', 'name', 'executed_at')) = 3`,
    [own.tableName, own.schemaName ?? '', schema ?? null, schema ?? null, own.schemaName],
  );
  const unreadable = isNew ? tables.filter(({ readable }) => !readable) : [];
  const faults = unreadable.map(unreadableFault);
  for (const { name, quotedName } of tables.filter(({ readable }) => readable)) {
    const rows = await ledger.query(
      `select distinct regexp_replace(name::text, '[.][jt]s$', '') as name from ${quotedName}`,
    );
    const applied = new Set(rows.map((row) => row['name']));
    const problem = `is recorded as applied in the table ${name}, and running it would apply it twice. Record it here too, with logMigration().`;
    faults.push(...pending.filter((each) => applied.has(each)).map((each) => ({ name: each, problem })));
  }
  return faults;
}

/** Histories of other tools in the schemas of the run. */
export async function otherToolsFaults(ledger: Ledger, schema: string | undefined): Promise<Fault[]> {
  const tables = await findTables(
    ledger,
    `relation.relname = any (?) and (relation.relname = '__drizzle_migrations' or namespace.nspname
       = any (case when ?::text is null then current_schemas(false)::text[] else array[?::text] end))`,
    [`{${Object.keys(toolsByTable).join(',')}}`, schema ?? null, schema ?? null],
  );
  const faults = tables.filter(({ readable }) => !readable).map(unreadableFault);
  for (const { name, table, quotedName } of tables.filter(({ readable }) => readable)) {
    const rows = await ledger.query(`select from ${quotedName} limit 1`);
    if (rows.length === 0) continue;
    faults.push({
      name,
      problem: `is the history of ${toolsByTable[table]}, and the ledger ${ledger.table} has no rows. Taking over such a database is not supported yet. If you know that the database already has the changes of a migration, record it with logMigration(); up() then runs the others.`,
    });
  }
  return faults;
}

interface FoundTable {
  /** With its schema. */
  name: string;
  table: string;
  quotedName: string;
  readable: boolean;
}

async function findTables(
  ledger: Ledger,
  condition: string,
  params: readonly unknown[],
): Promise<FoundTable[]> {
  const rows = await ledger.query(
    `select namespace.nspname as schema, relation.relname as name,
       has_schema_privilege(namespace.oid, 'usage') and has_table_privilege(relation.oid, 'select') as readable
     from pg_class relation join pg_namespace namespace on namespace.oid = relation.relnamespace
     where relation.relkind in ('r', 'p') and namespace.nspname !~ '^pg_' and namespace.nspname <> 'information_schema'
       and ${condition}
     order by 1, 2`,
    params,
  );
  return rows.map(({ schema, name, readable }) => ({
    name: `${schema}.${name}`,
    table: String(name),
    quotedName: qualifiedName([String(schema), String(name)]),
    readable: readable === true,
  }));
}

function unreadableFault({ name, quotedName }: FoundTable): Fault {
  return {
    name,
    problem: `looks like a history of migrations, but the database user may not read it, so what has been applied is unknown. Grant select on ${quotedName} to that user.`,
  };
}
