import { randomBytes } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import { Client, type ClientConfig, escapeIdentifier, escapeLiteral } from 'pg';
import { connectionError } from '../connection-error.ts';
import { sqlState } from '../sql-state.ts';

/** How a shadow database is told from one of somebody else, beside its name. */
const comment = 'Throwaway database of @ecommerce-dms/migrator.';

/**
 * Creates an empty database with the encoding and the locale of the one that `server` connects to, and drops it after
 * `use`. Drops those, too, that killed runs have left for an hour.
 *
 * @throws UserError `database-unreachable`, `shadow-refused`: there is no session, or the role may not create databases.
 */
export async function withShadowDatabase<Result>(
  server: ClientConfig,
  use: (database: ClientConfig) => Promise<Result>,
): Promise<Result> {
  const client = new Client(server);
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    throw connectionError(client, error);
  });
  const name = shadowName();
  try {
    await client.query('set role none; set statement_timeout = 0; set idle_session_timeout = 0');
    await dropLeftovers(client);
    await createDatabase(client, name);
    try {
      return await use(withDatabase(server, name));
    } finally {
      await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

function shadowName(): string {
  return `dms_shadow_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
}

/** Copies a database that nobody is connected to; the copy is a shadow, too. */
export async function copyShadow(
  client: Client,
  server: ClientConfig,
  template: ClientConfig,
): Promise<ClientConfig> {
  const name = shadowName();
  const from = escapeIdentifier(databaseOf(template));
  await client.query(`create database ${escapeIdentifier(name)} template ${from}`);
  await client.query(`comment on database ${escapeIdentifier(name)} is ${escapeLiteral(comment)}`);
  return withDatabase(server, name);
}

/** Drops a shadow, whoever is connected to it. */
export async function dropShadow(client: Client, shadow: ClientConfig): Promise<void> {
  await client.query(`drop database if exists ${escapeIdentifier(databaseOf(shadow))} with (force)`);
}

function databaseOf(shadow: ClientConfig): string {
  return new Client(shadow).database ?? '';
}

function withDatabase(server: ClientConfig, database: string): ClientConfig {
  const { connectionString } = server;
  if (connectionString === undefined) return { ...server, database };
  return {
    ...server,
    connectionString: Object.assign(new URL(connectionString), { pathname: `/${database}` }).href,
  };
}

async function createDatabase(client: Client, name: string): Promise<void> {
  const { rows } = await client.query(
    `select to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding)) as of from pg_database d
     where datname = current_database()`,
  );
  const { encoding, datcollate, datctype, datlocprovider, ...of } = rows[0].of;
  // Called daticulocale before PostgreSQL 17.
  const locale = of.datlocale ?? of.daticulocale;
  const providers: Record<string, string> = { c: 'libc', i: 'icu', b: 'builtin' };
  const options = [
    ['encoding', encoding],
    ['lc_collate', datcollate],
    ['lc_ctype', datctype],
    ['locale_provider', providers[datlocprovider]],
    ...(datlocprovider === 'i' ? [['icu_locale', locale]] : []),
    ...(datlocprovider === 'b' ? [['builtin_locale', locale]] : []),
    ...(of.daticurules == null ? [] : [['icu_rules', of.daticurules]]),
  ];
  const settings = options.map(([option, value]) => `${option} ${escapeLiteral(String(value))}`).join(' ');
  try {
    await client.query(`create database ${escapeIdentifier(name)} template template0 ${settings}`);
  } catch (cause) {
    // A privilege that is missing, or a server that only reads.
    if (sqlState(cause) !== '42501' && sqlState(cause) !== '25006') throw cause;
    throw new UserError(
      'shadow-refused',
      `No database can be created beside ${client.database} at ${client.host}:${client.port} to replay the migrations in: ${(cause as Error).message}.`,
      {
        hint: 'Name a server whose role may create databases, such as a local one, with `--shadow-url URL`.',
        cause,
      },
    );
  }
  await client.query(`comment on database ${escapeIdentifier(name)} is ${escapeLiteral(comment)}`);
}

async function dropLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query(
    `select datname from pg_database d
     where datname ~ '^dms_shadow_[0-9]{10}_[0-9a-f]{8}$' and shobj_description(oid, 'pg_database') = $1
       and split_part(datname, '_', 3)::bigint < extract(epoch from now()) - 3600
       and pg_has_role(datdba, 'usage')
       and not exists (select from pg_stat_activity a where a.datid = d.oid)`,
    [comment],
  );
  for (const { datname } of rows) await client.query(`drop database if exists ${escapeIdentifier(datname)}`);
}
