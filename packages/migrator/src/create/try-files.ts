import { withClient } from '../with-client.ts';
import { UserError } from '@ecommerce-dms/errors';
import type { Client, ClientConfig } from 'pg';
import type { Finding } from '../lint/finding.ts';
import { lintStatements } from '../lint/lint-statements.ts';
import { readSchemaModel } from '../lint/read-schema-model.ts';
import type { SchemaModel } from '../lint/schema-model.ts';
import { excerpt } from '../excerpt.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { PlannedFile } from './plan-files.ts';

/** The database as lint has it, where nobody knows how many rows the tables of production have. */
export async function modelOfUnknownSizes(client: Client): Promise<SchemaModel> {
  const model = await readSchemaModel(async (sql) => (await client.query(sql)).rows);
  for (const table of model.tables.values()) table.rows = undefined;
  return model;
}

/**
 * Judges files as if a release were made after each one.
 *
 * @returns warnings
 * @throws UserError `create-refused`: names what cannot be done without stopping others, and what to do instead.
 */
export async function refuseUnsafe(files: readonly PlannedFile[], client: Client): Promise<Finding[]> {
  const findings = await lintStatements(
    files.map(({ phase, statements, isStepwise }) => ({
      name: phase,
      transactional: !isStepwise,
      queries: statements,
    })),
    { model: await modelOfUnknownSizes(client), releases: 'each', smallTableRows: 0 },
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return findings;
  const lines = errors.map(
    ({ code, message, advice }) => `- ${code}: ${message}${advice === undefined ? '' : ` ${advice}`}`,
  );
  throw refusal(`Some of it cannot be done while others use the tables:\n${lines.join('\n')}`);
}

/**
 * Runs files in the throwaway database.
 *
 * @throws UserError `create-refused`: a statement fails.
 */
export function tryFiles(files: readonly PlannedFile[], session: ClientConfig): Promise<void> {
  return withClient(session, async (client) => {
    await removeRows(client);
    for (const { statements, isStepwise } of files) {
      if (!isStepwise) await client.query('begin');
      for (const sql of statements) {
        await client.query(sql).catch((cause: Error) => {
          throw refusal(`"${excerpt(sql)}" fails after the migrations: ${cause.message}.`, cause);
        });
      }
      if (!isStepwise) await client.query('commit');
    }
  });
}

function refusal(reason: string, cause?: Error): UserError {
  return new UserError('create-refused', `No migration was written. ${reason}`, {
    hint: `Write this part by hand, and call it again for the rest: ${migratorCommand('create', '--blank')}. Without traffic, one file does all of it as MikroORM would: ${migratorCommand('create', '--single')}.`,
    ...(cause && { cause }),
  });
}

/** Rows that migrations have written have no values yet for what becomes required. */
async function removeRows(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where relkind in ('r', 'p') and nspname <> 'information_schema' and nspname !~ '^pg_'`,
  );
  if (rows.length === 0) return;
  // Triggers may refuse it. What entities name of them does not include whether they fire.
  for (const { name } of rows) await client.query(`alter table ${name} disable trigger user`);
  await client.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
}
