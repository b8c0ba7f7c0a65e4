import { checkDatabaseUrl, isUserError, UserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';
import type { Finding } from '../lint/finding.ts';
import type { MigrationSource } from '../migration-source.ts';
import { type MigrationPlan, planMigration } from '../plan-migration.ts';
import { fillTables } from '../sample-rows/fill-tables.ts';
import { sessionConfig } from '../session-config.ts';
import { refuseClusterWide } from '../shadow/cluster-wide.ts';
import { withShadowDatabase } from '../shadow/shadow-database.ts';
import { toolVersion } from '../tool-version.ts';
import { Copies } from './copies.ts';
import { crashCertificate } from './crash-certificate.ts';
import { measure, type Prediction } from './measure.ts';
import { withClient } from '../with-client.ts';
import { withMigratorOn } from './on-database.ts';
import { probe } from './probe.ts';
import type { MigrationProof, StatementEvidence } from './proof.ts';
import type { ProveOptions } from './prove-options.ts';
import { applyOn } from './run-migrations.ts';
import { verdictOf } from './verdict.ts';

/** What the proof of migrations is made from. */
export interface ProveContext {
  driver: AbstractSqlDriver;
  /** All versioned migrations of the code, in their order. */
  sources: readonly MigrationSource[];
  /** The repeatable ones, which run after the last of those. */
  repeatables: readonly MigrationSource[];
  /** The names of those to prove. */
  names: readonly string[];
  /** What `lint` says about all of them. */
  findings: readonly Finding[];
  /** Which locks the migrator expects. Default: its own prediction. */
  predict?: Prediction;
}

/**
 * Runs each migration on copies of a throwaway database that is in the state before it: measured, among queries of
 * others, and killed and resumed at every point.
 *
 * @throws UserError `invalid-settings`, `shadow-refused`, `database-unreachable`: there is no database to do that in.
 * @throws UserError `migrations-refused`: a migration would change what does not belong to the throwaway database.
 */
export async function proveMigrations(
  context: ProveContext,
  options: ProveOptions,
): Promise<MigrationProof[]> {
  const { driver, sources, names } = context;
  const { shadowUrl, shadowSql } = options;
  if (shadowUrl !== undefined) checkDatabaseUrl(shadowUrl, '--shadow-url');
  const server = shadowUrl === undefined ? await sessionConfig(driver) : { connectionString: shadowUrl };
  const wanted = new Set(names);
  const proofs: MigrationProof[] = [];
  await withShadowDatabase(server, async (base) =>
    withClient(server, async (admin) => {
      await admin.query('set role none');
      if (shadowSql !== undefined) await runSql(base, shadowSql, 'The SQL for the shadow database');
      const pending = await withMigratorOn(driver, base, async (migrator) => {
        const planned = await migrator.dryRun({ checkSum: false, runBackfills: true });
        if (shadowUrl === undefined) await refuseClusterWide(planned);
        return new Set(planned.map(({ name }) => name));
      });
      const copies = new Copies(admin, server);
      let broken: string | undefined;
      for (const source of sources) {
        if (proofs.length === wanted.size) break;
        if (broken !== undefined && wanted.has(source.name)) {
          proofs.push(unproven(source.name, options, broken));
        } else if (wanted.has(source.name)) {
          options.onProgress?.(`proving ${source.name}`);
          const isLast = source === sources.at(-1);
          proofs.push(
            pending.has(source.name)
              ? await proveOne(context, options, {
                  source,
                  repeatables: isLast ? context.repeatables : [],
                  base,
                  copies,
                })
              : unproven(
                  source.name,
                  options,
                  'on an empty database it is not run: a squash takes its place',
                ),
          );
        }
        if (broken === undefined && pending.has(source.name) && proofs.length < wanted.size) {
          broken = await advance(driver, base, source.name);
        }
      }
    }),
  );
  return proofs;
}

interface Target {
  source: MigrationSource;
  /** Those that run after it, because it is the last one. */
  repeatables: readonly MigrationSource[];
  /** The database before it, without rows. */
  base: ClientConfig;
  copies: Copies;
}

async function proveOne(
  { driver, findings, predict }: ProveContext,
  { rows = 1000, rowsSql, kills = 200, signal, onProgress = () => {} }: ProveOptions,
  { source, repeatables, base, copies }: Target,
): Promise<MigrationProof> {
  const { name } = source;
  const subject = { driver, name };
  const plans: MigrationPlan[] = [];
  for (const each of [source, ...repeatables]) plans.push(await planMigration(each, 'up', driver));
  return copies.use(base, async (template): Promise<MigrationProof> => {
    const { tables, postgres } = await withClient(template, async (client) => {
      if (rowsSql !== undefined) await runSql(template, rowsSql, 'The SQL for the rows');
      const filled = await fillTables(client, rows);
      const { rows: settings } = await client.query<{ version: string }>(
        `select current_setting('server_version') as version`,
      );
      await client.query('vacuum analyze');
      return { tables: filled, postgres: settings[0]?.version.split(' ')[0] ?? '' };
    });
    const empty: Omit<MigrationProof, 'verdict' | 'reasons'> = {
      name,
      repeatables: repeatables.map(({ name: repeatable }) => repeatable),
      tables,
      statements: [],
      probes: { tables: [], unprobed: [], queries: 0, errors: [] },
      crash: undefined,
      rows,
      postgres,
      tool: toolVersion(),
    };
    try {
      const measured = await copies.use(template, (copy) => measure(subject, plans, copy, predict));
      const touched = touchedTables(measured.flatMap(({ locks }) => locks));
      const probed = await copies.use(template, (copy) => probe(subject, plans, copy, touched));
      const crash = await crashCertificate({
        subject,
        plans,
        copies,
        template,
        tables: touched,
        maxKills: kills,
        signal,
        progress: onProgress,
      });
      const statements = measured.map((each): StatementEvidence => {
        const waits =
          probed.probed.length === 0 ? undefined : probed.waits.get(`${each.migration} ${each.statement}`);
        return {
          ...each,
          ...(probed.probed.length > 0 && { waits: waits ?? { read: 0, insert: 0, update: 0 } }),
          findings: findings
            .filter(
              ({ migration, statement }) => migration === each.migration && statement === each.statement,
            )
            .map(({ code, severity, message }) => ({ code, severity, message })),
        };
      });
      const proof = {
        ...empty,
        statements,
        probes: {
          tables: probed.probed,
          unprobed: probed.unprobed,
          queries: probed.queries,
          errors: probed.errors,
        },
        crash,
      };
      return { ...proof, ...verdictOf(plans, proof) };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (!isUserError(error) || error.code === 'invalid-settings') throw error;
      const reason = `it does not run on the rows that were made for it: ${error.message}`;
      return { ...empty, verdict: 'undecided', reasons: [reason] };
    }
  });
}

/** Tables on which another session could wait for it. */
function touchedTables(locks: readonly { table: string; mode: string }[]): string[] {
  return [...new Set(locks.filter(({ mode }) => mode !== 'access share').map(({ table }) => table))];
}

function unproven(name: string, { rows = 1000 }: ProveOptions, reason: string): MigrationProof {
  return {
    name,
    repeatables: [],
    verdict: 'undecided',
    reasons: [reason],
    tables: [],
    statements: [],
    probes: { tables: [], unprobed: [], queries: 0, errors: [] },
    crash: undefined,
    rows,
    postgres: '',
    tool: toolVersion(),
  };
}

/** Applies a migration on the database without rows; returns why those after it cannot be proven. */
async function advance(
  driver: AbstractSqlDriver,
  base: ClientConfig,
  name: string,
): Promise<string | undefined> {
  const error = await applyOn({ driver, name }, base);
  if (error === undefined) return undefined;
  if (!isUserError(error)) throw error;
  return `${name} fails on an empty database, so that there is none in the state before it: ${error.message}`;
}

async function runSql(database: ClientConfig, sql: string, what: string): Promise<void> {
  try {
    await withClient(database, (client) => client.query(sql));
  } catch (cause) {
    throw new UserError('invalid-settings', `${what} fails: ${(cause as Error).message}`, { cause });
  }
}
