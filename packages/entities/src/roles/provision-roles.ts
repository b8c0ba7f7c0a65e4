import { setTimeout as delay } from 'node:timers/promises';
import { redactUrl, UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { connect } from '../runtime/connect.ts';
import { transientFailure } from '../runtime/transient-failure.ts';
import { type LoginRole, loginRoles, ownerRole } from './role-names.ts';
import { roleStatements } from './role-statements.ts';
import { scramVerifier } from './scram-verifier.ts';

/** The settings of {@link provisionRoles}. */
export interface RoleSettings {
  /**
   * URL of the database of the shop, as a superuser, or as a role with CREATEROLE and CREATEDB that owns the database
   * or is a member of its owner (the master user of RDS).
   */
  adminUrl: string;
  /** Passwords to set. A login role without one keeps what it has; on RDS it logs in with an IAM token. */
  passwords?: Partial<Record<LoginRole, string>>;
}

/** The result of {@link provisionRoles}. */
export interface ProvisionedRoles {
  database: string;
  /** The roles that did not exist before. */
  created: string[];
}

// Of two sessions that create or alter one role, perhaps through different databases, one must try again.
const concurrencyFailures = new Set(['23505', '40001', '40P01', '42710']);
const attempts = 20;

/**
 * Creates the roles of the shop on the cluster, and gives them the database. Run it before the first migration, and
 * again at any time, also concurrently. Migrations grant the tables.
 *
 * @throws UserError `invalid-database-url`, `database-unreachable`, `invalid-password`, `role-too-powerful`,
 *   `connection-lost`; `provisioning-failed` where the rights of `adminUrl` are not enough
 * @example
 * ```ts
 * import { provisionRoles } from '@ecommerce-dms/entities/roles';
 *
 * const { created } = await provisionRoles({
 *   adminUrl: 'postgres://postgres:postgres@127.0.0.1:5432/shop',
 *   passwords: { shop_migrator: 'migrator-secret', shop_app: 'app-secret' },
 * });
 * console.log(created); // the next time []
 * ```
 */
export async function provisionRoles(settings: RoleSettings): Promise<ProvisionedRoles> {
  const verifiers: Partial<Record<LoginRole, string>> = {};
  for (const role of loginRoles) {
    const password = settings.passwords?.[role];
    if (password !== undefined) verifiers[role] = await scramVerifier(password);
  }
  const client = await connect(settings.adminUrl, 'provision-roles');
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await provision(client, verifiers);
      } catch (error) {
        // On a broken connection the server rolls back by itself.
        await client.query('rollback').catch(() => undefined);
        if (!isConcurrencyFailure(error) || attempt === attempts) throw explain(error, settings.adminUrl);
        await delay(10 + Math.random() * 20 * attempt);
      }
    }
  } finally {
    await client.end();
  }
}

async function provision(
  client: Client,
  verifiers: Partial<Record<LoginRole, string>>,
): Promise<ProvisionedRoles> {
  await client.query('begin');
  const { rows } = await client.query<{ database: string; rolname: string | null; powerful: boolean }>(
    `select current_database() as database, rolname,
       rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as powerful
     from (values (1)) as always left join pg_roles on rolname = any ($1)`,
    [[ownerRole, ...loginRoles]],
  );
  const database = rows[0]?.database ?? '';
  const powerful = rows.filter((row) => row.powerful).map((row) => row.rolname);
  if (powerful.length > 0) {
    throw new UserError(
      'role-too-powerful',
      `These roles have more rights than the shop gives them: ${powerful.join(', ')}.`,
      { hint: 'Revoke SUPERUSER, CREATEROLE, CREATEDB, REPLICATION and BYPASSRLS from them, or drop them.' },
    );
  }
  const existing = new Set(rows.map((row) => row.rolname));
  const created = [ownerRole, ...loginRoles].filter((role) => !existing.has(role));
  for (const statement of roleStatements({ database, created, verifiers })) await client.query(statement);
  await client.query('commit');
  return { database, created };
}

function isConcurrencyFailure(error: unknown): boolean {
  const { code = '', message } = error as Error & { code?: string };
  return concurrencyFailures.has(code) || /tuple concurrently (updated|deleted)/.test(message);
}

function explain(error: unknown, url: string): unknown {
  const { code, message } = error as Error & { code?: string };
  const [place, cause] = [redactUrl(url), error];
  if (transientFailure(error) === 'connection-lost') {
    return new UserError('connection-lost', `The connection to ${place} was lost: ${message}`, {
      hint: 'Provision the roles again: those that exist stay.',
      cause,
    });
  }
  if (code !== '42501') return error;
  return new UserError('provisioning-failed', `Cannot provision roles through ${place}: ${message}`, {
    hint: 'Use a superuser, or a role with CREATEROLE and CREATEDB that owns the database (on RDS the master user).',
    cause,
  });
}
