import { join } from 'node:path';
import { isUserError } from '@ecommerce-dms/errors';
import type { Node } from 'libpg-query';
import type { Configuration } from '@mikro-orm/postgresql';
import { namePartsOf } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import type { LedgerRow } from '../ledger-row.ts';
import type { MigrationSource } from '../migration-source.ts';
import type { MigrationState, MigrationStatus } from '../migration-status.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { type MigrationPlan, planMigration } from '../plan-migration.ts';
import type { Fault } from '../refuse-faults.ts';
import { isRecorded } from '../survey.ts';
import { notCopiedFaults, sqlFilesIn } from './find-sql-files.ts';
import type { MigrationFolders } from './migration-folders.ts';
import { withoutEnding } from './migration-name.ts';
import { sqlMigrationSource } from './sql-migration.ts';

/** The folder beside the migrations whose SQL files are applied again when they change. */
const repeatableFolder = 'repeatable';

/** A repeatable migration of the code, with its state. */
export interface Repeatable {
  source: MigrationSource;
  status: MigrationStatus;
  /** Undefined when the file is wrong. */
  plan?: MigrationPlan;
  /** Why it can't be applied. */
  faults: Fault[];
}

/** The repeatable migrations in the folder of the migrations, by name, and what is wrong with their names. */
export async function findRepeatables(
  { read, source }: MigrationFolders,
  config: Configuration,
): Promise<{ found: MigrationSource[]; faults: Fault[] }> {
  const folder = join(read, repeatableFolder);
  const files = await sqlFilesIn(folder);
  const isDown = (file: string): boolean => /\.down\.sql$/i.test(file);
  const faults = files.filter(isDown).map((file) => ({
    name: `${repeatableFolder}/${file}`,
    problem: 'reverts, but what is repeatable is not reverted. Drop its objects in a migration.',
  }));
  const found = files
    .filter((file) => !isDown(file))
    .map((file) =>
      sqlMigrationSource(`${repeatableFolder}/${withoutEnding(file)}`, { up: join(folder, file) }, config, [
        'lock-timeout',
        'statement-timeout',
      ]),
    );
  const sourceFolder = source === undefined ? undefined : join(source, repeatableFolder);
  return { found, faults: [...faults, ...(await notCopiedFaults(folder, sourceFolder))] };
}

/**
 * Plans repeatable migrations, and finds out which are outdated: their statements are not those in the ledger, or a view
 * or function of theirs is gone, as after a migration that had to drop it.
 */
export async function planRepeatables(
  sources: readonly MigrationSource[],
  rows: readonly LedgerRow[],
  { driver, ledger }: Pick<MigratorContext, 'driver' | 'ledger'>,
  schema: string | undefined,
): Promise<Repeatable[]> {
  const repeatables: Repeatable[] = [];
  for (const source of sources) {
    const { name, path } = source;
    const row = rows.find((each) => each.name === name);
    const status = (state: MigrationState): MigrationStatus => ({ ...statusOf(row), name, path, state });
    const open = status(row === undefined ? 'pending' : 'outdated');
    try {
      const plan = { ...(await planMigration(source, 'up', driver)), isRepeatable: true };
      const faults = [...plan.faults, ...repeatFaults(plan)].map((problem) => ({ name, problem }));
      const isCurrent =
        row !== undefined &&
        (await isRecorded(plan.fingerprint, row, ledger)) &&
        (await haveObjects(plan, ledger, schema));
      repeatables.push({ source, plan, faults, status: isCurrent ? status('applied') : open });
    } catch (error) {
      if (!isUserError(error)) throw error;
      repeatables.push({ source, faults: [{ name, problem: error.message }], status: open });
    }
  }
  return repeatables;
}

/** Those in the ledger that the code has no more. Nothing is wrong with that: what they made is dropped by a migration. */
export function removedRepeatables(
  rows: readonly LedgerRow[],
  sources: readonly MigrationSource[],
): MigrationStatus[] {
  return rows
    .filter(({ kind, name }) => kind === 'repeatable' && !sources.some((source) => source.name === name))
    .map((row) => ({ ...statusOf(row), name: row.name, state: 'missing' }));
}

function statusOf(row: LedgerRow | undefined): Partial<MigrationStatus> & { kind: 'repeatable' } {
  if (row === undefined) return { kind: 'repeatable' };
  const { executed_at: executedAt, execution_ms: executionMs, executed_by: executedBy } = row;
  return { kind: 'repeatable', executedAt, executionMs, executedBy };
}

/** Why a second application would fail, or an interrupted one could not be continued. */
function repeatFaults({ statements, nonTransactionalReason }: MigrationPlan): string[] {
  const faults =
    nonTransactionalReason === undefined
      ? []
      : [`runs outside a transaction (${nonTransactionalReason}). Put that into a migration.`];
  // Who drops first knows what is created again.
  if (statements.some(({ node }) => 'DropStmt' in node)) return faults;
  const once = statements.find(({ node }) => createsOnce(node));
  if (once !== undefined) {
    faults.push(
      `can be applied only once: "${once.sql.slice(0, 60)}". Write \`create or replace\`, drop it \`if exists\` before, or put it into a migration.`,
    );
  }
  return faults;
}

function createsOnce(node: Node): boolean {
  if ('ViewStmt' in node) return node.ViewStmt.replace !== true;
  if ('CreateFunctionStmt' in node) return node.CreateFunctionStmt.replace !== true;
  if ('CreateTrigStmt' in node) return node.CreateTrigStmt.replace !== true;
  if ('CreateStmt' in node) return node.CreateStmt.if_not_exists !== true;
  if ('CreateTableAsStmt' in node) return node.CreateTableAsStmt.if_not_exists !== true;
  return 'CreateEnumStmt' in node || 'CreatePolicyStmt' in node || 'CreateDomainStmt' in node;
}

/** Whether the views and functions that a plan creates are there. */
async function haveObjects(
  { statements }: MigrationPlan,
  database: Queryable,
  schema: string | undefined,
): Promise<boolean> {
  const created = statements.flatMap(({ node }) => createdObject(node));
  if (created.length === 0) return true;
  const rows = await database.query(
    `select count(*)::int as missing from jsonb_to_recordset(?::jsonb) as created(kind text, schema text, name text)
     where not case kind
       when 'function' then exists (select from pg_proc join pg_namespace space on space.oid = pronamespace
         where proname = created.name and (nspname = created.schema or created.schema is null and pg_function_is_visible(pg_proc.oid)))
       else exists (select from pg_class join pg_namespace space on space.oid = relnamespace
         where relname = created.name and (nspname = created.schema or created.schema is null and pg_table_is_visible(pg_class.oid))) end`,
    [JSON.stringify(created.map((each) => ({ ...each, schema: each.schema ?? schema ?? null })))],
  );
  return rows[0]?.['missing'] === 0;
}

function createdObject(node: Node): { kind: 'view' | 'function'; schema?: string; name: string }[] {
  if ('CreateFunctionStmt' in node) {
    const { funcname = [] } = node.CreateFunctionStmt;
    const [name = '', schema] = namePartsOf({ List: { items: funcname } }).toReversed();
    return [{ kind: 'function', schema, name }];
  }
  const relation =
    'ViewStmt' in node
      ? node.ViewStmt.view
      : 'CreateTableAsStmt' in node
        ? node.CreateTableAsStmt.into?.rel
        : undefined;
  if (relation?.relname === undefined || relation.relpersistence === 't') return [];
  return [{ kind: 'view', schema: relation.schemaname, name: relation.relname }];
}
