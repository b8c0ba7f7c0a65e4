import { knownEntries, unreadable } from './adopt/adopt.ts';
import { findHistories, type History, readHistory } from './adopt/find-histories.ts';
import type { Ledger } from './ledger.ts';
import { migratorCommand } from './migrator-command.ts';
import type { MigratorContext } from './migrator-context.ts';
import { type Fault, refuse } from './refuse-faults.ts';

/** The tools whose entries have the names of this migrator's own migrations. */
const sameNames = ['MikroORM', '@ecommerce-dms/migrator'];

/**
 * Refuses to run what other tables record as applied and the ledger does not know: that would fail, or repeat changes.
 * Before any migration is evaluated, since what was applied elsewhere need not be evaluable any more.
 *
 * @param schema of the run, since the same migrations may have run in another one; undefined looks at all schemas
 * @throws UserError `migrations-refused`: names them, and what takes them over.
 */
export async function refuseForeignHistory(
  context: MigratorContext,
  schema: string | undefined,
): Promise<void> {
  const { ledger } = context;
  const code = await context.discover();
  const recorded = new Set((await ledger.rows()).map(({ name }) => name));
  const pending = code.map(({ name }) => name).filter((name) => !recorded.has(name));
  if (pending.length > 0) refuse(await foreignHistoryFaults(ledger, pending, schema, recorded.size === 0));
}

async function foreignHistoryFaults(
  ledger: Ledger,
  pending: readonly string[],
  schema: string | undefined,
  isNew: boolean,
): Promise<Fault[]> {
  const histories = await findHistories(ledger, ledger.qualifiedTableName);
  const own = histories.filter(
    (history) => sameNames.includes(history.tool.tool) && !isOfOtherSchema(history, ledger, schema),
  );
  const sources = await ledger.sources();
  const ofRun = await otherToolsOf(ledger, schema, histories);
  // Other tools name migrations differently: theirs count as long as nothing is recorded here, and once they were taken
  // over.
  const others = histories.filter(
    (history) =>
      !sameNames.includes(history.tool.tool) &&
      (sources.some(({ table }) => table === history.table) || (isNew && ofRun.includes(history))),
  );
  const unread = [...(isNew ? own : []), ...others].filter(({ readable }) => !readable);
  const faults = unread.map(unreadable(unread.length > 0 ? (await ledger.writer()).user : ''));
  const repeated = await Promise.all(
    own.filter(({ readable }) => readable).map((history) => repeatedFaults(ledger, history, pending)),
  );
  faults.push(...repeated.flat());
  // One migration is enough to know that it is a history of these; the remedy takes over all.
  if (faults.length > 0) return faults;
  for (const history of others) {
    const known = knownEntries(sources, history.table);
    const unknown = (await readHistory(ledger, history)).filter(({ name }) => !known.has(name));
    if (unknown.length > 0)
      faults.push(
        unknownFault(
          history,
          unknown.map(({ name }) => name),
          known.size > 0,
        ),
      );
  }
  return faults;
}

/** Ledgers of this migrator with the same name in other schemas belong to other runs with `schema`. */
function isOfOtherSchema(history: History, ledger: Ledger, schema: string | undefined): boolean {
  const { tableName, schemaName } = ledger.getTableName();
  if (schema !== undefined && ![schema, schemaName].includes(history.schema)) return true;
  return (
    history.tool.tool === '@ecommerce-dms/migrator' && history.table === `${history.schema}.${tableName}`
  );
}

/**
 * The histories of other tools in the schemas of a run. Those of other schemas may be other programs' histories, except
 * Drizzle's, which has a schema of its own.
 */
export async function otherToolsOf(
  ledger: Ledger,
  schema: string | undefined,
  histories: readonly History[],
): Promise<History[]> {
  const searched = await searchedSchemas(ledger, schema);
  return histories.filter(
    (history) =>
      !sameNames.includes(history.tool.tool) &&
      (history.tool.tool === 'Drizzle' || searched.includes(history.schema)),
  );
}

async function searchedSchemas(ledger: Ledger, schema: string | undefined): Promise<unknown[]> {
  if (schema !== undefined) return [schema];
  const rows = await ledger.query('select unnest(current_schemas(false)) as name');
  return rows.map(({ name }) => name);
}

async function repeatedFaults(
  ledger: Ledger,
  history: History,
  pending: readonly string[],
): Promise<Fault[]> {
  const applied = new Set((await readHistory(ledger, history)).map(({ name }) => name));
  return pending
    .filter((name) => applied.has(name))
    .map((name) => ({
      name,
      problem: `is recorded as applied in the table ${history.table}, and running it would apply it twice. Take over what that table records: ${adoptFrom(history)}.`,
    }));
}

function unknownFault(history: History, entries: readonly string[], isTakenOver: boolean): Fault {
  const { tool, table } = history;
  const since = isTakenOver
    ? `has entries since it was taken over: ${entries.join(', ')}`
    : `is the history of ${tool.tool}, and the ledger has no rows`;
  return {
    name: table,
    problem: `${since}. Take over what it records: ${adoptFrom(history)}. If the code has those migrations under other names, name the last one that the database has: ${migratorCommand('baseline', 'NAME')}.`,
  };
}

function adoptFrom({ table }: History): string {
  return migratorCommand('adopt', '--from', table);
}
