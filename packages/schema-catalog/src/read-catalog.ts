import { setTimeout as delay } from 'node:timers/promises';
import { checkDatabaseUrl, connectionError } from '@ecommerce-dms/errors';
import { Client, type ClientBase, DatabaseError } from 'pg';
import { assemble, type CatalogRow, type Dependency } from './assemble.ts';
import { buildQueries } from './build-queries.ts';
import type { Catalog } from './catalog.ts';
import { readServerCatalogs } from './server-catalogs.ts';
import { firstUserOid } from './source.ts';

/** What PostgreSQL's texts of expressions depend on: the session's settings must not show in them. */
const settings = `
  set local search_path = '';
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = postgres;
  set local timezone = 'UTC';
  set local bytea_output = hex;
  set local extra_float_digits = 1;
  set local quote_all_identifiers = off;
  set local lc_monetary = 'C';
  set local xmlbinary = base64;
  set local row_security = on;
  set local jit = off;
  set local enable_seqscan = on`;

/** How `readCatalog` reads. */
export interface ReadOptions {
  /**
   * The role whose objects are called those of the `schema owner`, so that copies of a schema with owners of different
   * names are the same. Default: the owner of the database.
   */
  schemaOwner?: string;
}

/**
 * Reads the whole schema of a database: all that the system catalogs say, as any role, on a writer or a standby.
 *
 * It reads one snapshot in a transaction that only reads, and takes no locks that a query of the application would not.
 * Left out are what initdb, the extensions and other sessions (temporary objects) have made, statistics and states, and
 * secrets: passwords, user mappings' options, subscriptions' connections, and the value of an option or a setting whose
 * name says that it is one.
 *
 * @param url any role's
 * @throws UserError `invalid-database-url`, `database-unreachable`
 */
export async function readCatalog(url: string, options: ReadOptions = {}): Promise<Catalog> {
  checkDatabaseUrl(url);
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    throw connectionError(url, error);
  });
  try {
    return await readCatalogOf(client, options);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * As `readCatalog`, in a session of yours that is in no transaction.
 *
 * @throws Error what the driver throws
 */
export async function readCatalogOf(client: ClientBase, options: ReadOptions = {}): Promise<Catalog> {
  for (const patienceEnds = performance.now() + patienceMs; ; await delay(pauseMs)) {
    try {
      return await readOnce(client, options);
    } catch (error) {
      if (performance.now() > patienceEnds || !isRace(error)) throw error;
    }
  }
}

/** How long it tries to read while others drop what it has seen. */
const patienceMs = 30_000;
const pauseMs = 100;

/** Deparsing looks at the catalogs of now: an object that was dropped meanwhile is not in them. */
function isRace(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const isGone =
    error.code === 'XX000' &&
    /cache lookup failed|could not open relation|could not find/.test(error.message);
  // Or a standby has replayed what the snapshot would not see.
  return isGone || error.code === '40001' || /^42(P01|883|704)$/.test(error.code ?? '');
}

const dependenciesQuery = `
  select d.classid::regclass::text || ':' || d.objid || case d.objsubid when 0 then '' else ':' || d.objsubid end,
         d.refclassid::regclass::text || ':' || d.refobjid || case d.refobjsubid when 0 then '' else ':' || d.refobjsubid end,
         d.deptype = 'e'
    from pg_depend d
   where d.deptype in ('a', 'i', 'P', 'S', 'e') and (d.objid >= ${firstUserOid} or d.deptype = 'e')
     and d.classid <> 'pg_attrdef'::regclass
     and not (d.classid = 'pg_type'::regclass and d.deptype = 'i' and d.refclassid = 'pg_type'::regclass)`;

async function readOnce(client: ClientBase, options: ReadOptions): Promise<Catalog> {
  await client.query('begin isolation level repeatable read read only');
  try {
    return await readInTransaction(client, options);
  } finally {
    await client.query('rollback').catch(() => {});
  }
}

/** As the transaction of the session sees the catalogs, its own changes included. */
export async function readInTransaction(
  client: ClientBase,
  { schemaOwner }: ReadOptions = {},
): Promise<Catalog> {
  await client.query(settings);
  const server = await readServerCatalogs(client, schemaOwner);
  const { queries, unread } = buildQueries(server);
  // As one message: the catalogs cost one round trip, however far away the server is.
  const text = [...queries.map(({ sql }) => sql), dependenciesQuery].join(';\n');
  const results = (await client.query({ text, rowMode: 'array' })) as unknown as { rows: CatalogRow[] }[];
  const dependencies = (results.at(-1)?.rows ?? []).map(([id, on, isOfExtension]) => ({
    id,
    on,
    isOfExtension,
  })) as Dependency[];
  const found = assemble(
    queries.map((query, index) => ({ query, rows: results[index]?.rows ?? [] })),
    dependencies,
  );
  return { major: server.major, facts: found.facts, unread: [...unread, ...found.unread] };
}
