import {
  type Catalog,
  compareCatalogs,
  type Difference,
  type Fact,
  readManifest,
  suppressDifferences,
} from '@ecommerce-dms/schema-catalog';
import { SchemaGenerator } from '@mikro-orm/postgresql';
import { readManagedSchema } from '../create/managed-schema.ts';
import { info } from '../info.ts';
import type { Ledger } from '../ledger.ts';
import type { MigrationStatus } from '../migration-status.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { sessionConfig } from '../session-config.ts';
import { type Shadow, withShadow } from '../shadow/with-shadow.ts';
import type { Drift, DriftFinding } from './drift.ts';
import type { DriftOptions } from './drift-options.ts';
import { withClient } from '../with-client.ts';
import { readLive, readWithOwner } from './read-live.ts';

/**
 * Compares the entities, the migrations replayed in a shadow database, and the live database. Changes nothing outside of
 * the shadow.
 */
export async function findDrift(context: MigratorContext, options: DriftOptions): Promise<Drift> {
  const { driver, ledger } = context;
  const { manifest, suppressions = [] } = options;
  const statuses = await info(context, context.options.schema);
  const live = await readLive(await sessionConfig(driver), ledger.qualifiedTableName);
  const undecided = [...live.catalog.unread, ...unreplayable(statuses)];
  const replayed = await withShadow(driver, options, (shadow) =>
    replay(shadow, ledger, statuses, live.bookkeeping),
  );
  undecided.push(...replayed.undecided);
  const isCompared = (side: Catalog) => (fact: Fact) =>
    !clusterKinds.has(fact.kind) && !isBookkeeping(fact, side, live.bookkeeping);
  const { columnOrder = false, partitions = [] } = options;
  const differences = (from: Catalog | undefined, to: Catalog | undefined): Difference[] =>
    from === undefined || to === undefined
      ? []
      : compareCatalogs(only(from, isCompared(from)), only(to, isCompared(to)), { columnOrder, partitions });
  const pending = differences(replayed.applied, replayed.all);
  const asked = differences(replayed.all, replayed.entities);
  const findings: DriftFinding[] = [
    ...differences(replayed.applied, live.catalog).map((difference) => ({
      ...difference,
      side: 'live' as const,
      ...wantedBy(difference, pending, asked),
    })),
    ...asked.map((difference) => ({ ...difference, side: 'entities' as const })),
  ];
  if (manifest !== undefined) {
    const expected = only(readManifest(manifest), ({ kind }) => clusterKinds.has(kind));
    const actual = only(live.catalog, ({ kind }) => clusterKinds.has(kind));
    for (const difference of compareCatalogs(expected, actual))
      findings.push({ ...difference, side: 'manifest' });
  }
  const { differences: left, suppressed, faults } = suppressDifferences(findings, suppressions);
  return { findings: left, pending, suppressed, suppressionFaults: faults, undecided };
}

/** What belongs to the server, which a shadow shares or has not, and to the database as a whole. */
const clusterKinds = new Set(['role', 'membership', 'database', 'tablespace', 'parameter']);

function only(catalog: Catalog, isWanted: (fact: Fact) => boolean): Catalog {
  return { ...catalog, facts: new Map([...catalog.facts].filter(([, fact]) => isWanted(fact))) };
}

function wantedBy(
  difference: Difference,
  pending: readonly Difference[],
  asked: readonly Difference[],
): Pick<DriftFinding, 'wantedBy'> {
  const key = changeKey(difference);
  if (pending.some((each) => changeKey(each) === key)) return { wantedBy: 'pending' };
  return asked.some((each) => changeKey(each) === key) ? { wantedBy: 'entities' } : {};
}

function changeKey({ verb, kind, identity, attribute, to }: Difference): string {
  return JSON.stringify([verb, kind, identity, attribute, to]);
}

/** Migrations of the ledger that the shadow cannot have, or may have in another form. */
function unreplayable(statuses: readonly MigrationStatus[]): string[] {
  const reasons: Partial<Record<MigrationStatus['state'], string>> = {
    missing: 'it is applied, and the code does not have it',
    future: 'it is applied, and only a later release has it',
    changed: 'its code has changed since it was applied',
    failed: 'it is applied in part',
    running: 'it is being applied',
  };
  return statuses.flatMap(({ name, state }) => {
    const reason = reasons[state];
    return reason === undefined ? [] : [`migration ${name}: ${reason}`];
  });
}

function isBookkeeping(fact: Fact, side: Catalog, tables: readonly string[]): boolean {
  if (fact.kind === 'table') return tables.includes(fact.identity);
  return fact.parents.some((key) => {
    const parent = side.facts.get(key);
    return parent !== undefined && parent.kind !== fact.kind && isBookkeeping(parent, side, tables);
  });
}

interface Replayed {
  /** After the migrations that the live database has applied; undefined where that cannot be had. */
  applied?: Catalog;
  /** After all of the code. */
  all?: Catalog;
  /** After what the entities ask for beside. */
  entities?: Catalog;
  undecided: string[];
}

async function replay(
  shadow: Shadow,
  ledger: Ledger,
  statuses: readonly MigrationStatus[],
  bookkeeping: readonly string[],
): Promise<Replayed> {
  const result: Replayed = { undecided: [] };
  /** Each step builds on the one before. */
  const step = async (
    state: 'applied' | 'all' | 'entities',
    fault: string,
    work: () => Promise<void>,
  ): Promise<void> => {
    if (result.undecided.length > 0) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      result.undecided.push(`${fault}: ${error.message}`);
      return;
    }
    result[state] = await withClient(shadow.session, (client) => readWithOwner(client, bookkeeping));
  };
  await step('applied', 'the applied migrations cannot be replayed', () =>
    replayApplied(shadow, ledger, statuses, bookkeeping),
  );
  await step('all', 'the pending migrations cannot be replayed', () => shadow.replay());
  await step('entities', 'what the entities ask for cannot be made', () => addWhatEntitiesAskFor(shadow));
  return result;
}

async function replayApplied(
  shadow: Shadow,
  ledger: Ledger,
  statuses: readonly MigrationStatus[],
  bookkeeping: readonly string[],
): Promise<void> {
  const named = (wanted: (status: MigrationStatus) => boolean): string[] =>
    statuses.filter(wanted).map(({ name }) => name);
  const isApplied = ({ state }: MigrationStatus): boolean => state === 'applied' || state === 'changed';
  const names = named((status) => status.kind !== 'repeatable' && isApplied(status));
  if (names.length > 0) await shadow.replay(names);
  const repeatables = named(({ kind, executedAt }) => kind === 'repeatable' && executedAt !== undefined);
  if (repeatables.length > 0) await rerun(shadow, await ledger.statementsOf(repeatables), bookkeeping);
}

/** Runs repeatable migrations as the live database has run them: those of the code may say something else by now. */
async function rerun(
  { orm, session }: Shadow,
  statements: ReadonlyMap<string, readonly string[]>,
  bookkeeping: readonly string[],
): Promise<void> {
  const { schema } = orm.config.get('migrations');
  await withClient(session, async (client) => {
    if (schema !== undefined)
      await client.query(`set search_path = ${client.escapeIdentifier(schema)}, public`);
    for (const name of [...statements.keys()].sort()) {
      for (const sql of statements.get(name) ?? []) await client.query(sql);
    }
    // So that the code's own are applied next.
    for (const table of bookkeeping) {
      const { rows } = await client.query(
        `select 1 from pg_attribute where attrelid = to_regclass($1) and attname = 'next_statement'`,
        [table],
      );
      if (rows.length > 0)
        await client.query(`delete from ${table} where name = any($1)`, [[...statements.keys()]]);
    }
  });
}

/** Runs the statements that `create()` would write. */
async function addWhatEntitiesAskFor({ orm }: Shadow): Promise<void> {
  const { schema } = orm.config.get('migrations');
  const own = orm.config.get('schema');
  const isChosen = own !== undefined && own !== orm.driver.getPlatform().getDefaultSchemaName();
  if (schema !== undefined && !isChosen) orm.config.set('schema', schema);
  const generator = new SchemaGenerator(orm.em);
  const managed = await readManagedSchema(orm.driver, generator, []);
  const { up } = await generator.getUpdateSchemaMigrationSQL({ wrap: false, fromSchema: managed.schema });
  if (up.trim() !== '') await orm.em.getConnection().execute(up);
}
