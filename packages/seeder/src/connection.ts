import { checkDatabaseUrl, connectionError, UserError } from '@ecommerce-dms/errors';
import { Client } from 'pg';

/** How long to wait for another session's lock before giving up. */
const lockTimeoutMs = 5000;
export const insufficientPrivilege = '42501';
const readOnly = '25006';
const lockNotAvailable = '55P03';
const connectTimeoutMs = 10_000;

/**
 * A session for seeding: no statement timeout, locks waited for 5 s, and a server that notices within half a second
 * when this process is gone, so that a killed run doesn't hold its locks.
 */
async function connect(url: string): Promise<Client> {
  checkDatabaseUrl(url);
  const client = new Client({
    connectionString: url,
    application_name: 'seeder',
    connectionTimeoutMillis: connectTimeoutMs,
  });
  // Without a listener a lost connection would end the process; the query under way, or the next one, reports it.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(
      `select set_config('statement_timeout', '0', false), set_config('lock_timeout', $1, false),
              set_config('idle_in_transaction_session_timeout', '0', false),
              -- As the driver reads times, whatever the role is set to.
              set_config('datestyle', 'ISO', false)`,
      [String(lockTimeoutMs)],
    );
  } catch (error) {
    await client.end().catch(() => {});
    throw connectionError(url, error);
  }
  // Servers on some platforms can't look after idle sockets and refuse this one.
  await client.query(`set client_connection_check_interval = '500ms'`).catch(() => {});
  return client;
}

/** Opens `count` sessions, at least one, hands them to `use`, and closes them whatever happens. */
export async function withConnections<T>(
  url: string,
  count: number,
  use: (clients: readonly [Client, ...Client[]]) => Promise<T>,
): Promise<T> {
  const clients: [Client, ...Client[]] = [await connect(url)];
  try {
    while (clients.length < count) clients.push(await connect(url));
    return await use(clients);
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }
}

/** Runs `work` in a transaction; any failure rolls it back. */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // If the session is lost, the server has rolled back.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same as sentences, with the detail that PostgreSQL gives of it. */
export function sentencesOf(error: unknown): string {
  const detail = error instanceof Error && 'detail' in error ? error.detail : undefined;
  return [messageOf(error), ...(typeof detail === 'string' ? [detail] : [])]
    .map((sentence) => sentence.replace(/\.?$/, '.'))
    .join(' ');
}

/** What an error of the server means to a user, where that is known; any other error as it is. */
export function explainError(error: unknown): unknown {
  if (isConnectionLost(error)) {
    const message = 'The connection to the server was lost; the database is as it was before.';
    const hint = 'Check the server and its log, then run the same command again.';
    return new UserError('connection-lost', message, { hint, cause: error });
  }
  switch (sqlStateOf(error)) {
    case lockNotAvailable:
      return new UserError(
        'tables-in-use',
        'Other sessions use the tables; a bulk load needs them for itself.',
        { hint: 'Stop what uses the database, then run again.', cause: error },
      );
    case readOnly:
      return new UserError('not-the-writer', `This server or session only reads: ${messageOf(error)}.`, {
        hint: 'Connect to the writer, as the owner of the tables.',
        cause: error,
      });
    case insufficientPrivilege:
      return notTheOwner(`${messageOf(error)}.`, error);
    default:
      return error;
  }
}

/** That the role which connects may not do what only the owner of the tables may. */
export function notTheOwner(message: string, cause?: unknown): UserError {
  return new UserError('not-the-owner', message, {
    hint: 'Connect as the owner of the tables that are loaded, to the writer.',
    cause,
  });
}

/** The SQLSTATE of an error from PostgreSQL. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether rows violate a constraint: a unique, foreign-key, check or exclusion one. */
export function isIntegrityViolation(error: unknown): boolean {
  return sqlStateOf(error)?.startsWith('23') === true;
}

/** Whether PostgreSQL reported it: only its codes begin with a digit, but for F0, HV, P0 and XX. */
export function isServerError(error: unknown): boolean {
  return /^(\d|F0|HV|P0|XX)[0-9A-Z]{3,4}$/.test(sqlStateOf(error) ?? '');
}

/** Whether the session is gone: the server was stopped or killed, or the network failed. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error) ?? '';
  return (
    /^(57P0[1-5]|08...|ECONNRESET|EPIPE)$/.test(state) ||
    /^Connection terminated|is not queryable/.test(messageOf(error))
  );
}
