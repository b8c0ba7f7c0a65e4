import { backfillContext } from './backfill/run-backfills.ts';
import { planRepeatables } from './files/repeatable.ts';
import { repeatableSources } from './files/run-repeatables.ts';
import { refuseForeignHistory } from './foreign-history.ts';
import { lockSetOf } from './locks/lock-set.ts';
import type { MigratorContext } from './migrator-context.ts';
import { type PendingMigration, preflight, type RunRequest } from './preflight.ts';
import { refuse } from './refuse-faults.ts';

/** A pending migration as `dryRun()` shows it. */
export interface DryRunMigration {
  name: string;
  /** The file; undefined for a class from `migrationsList`. */
  path?: string;
  /** Whether it runs in one transaction. */
  transactional: boolean;
  /** Why it does not, such as `CREATE INDEX CONCURRENTLY`. */
  nonTransactionalReason?: string;
  /** All its statements, as they would be sent; none when it `isOpaque`. */
  statements: string[];
  /** It runs queries itself, with `execute()` or the EntityManager: they show only when it is run. */
  isOpaque: boolean;
  /** It is recorded without being run: all migrations that it replaces are, or will be, applied. */
  isRecordedOnly: boolean;
  /** Statements that can lock more than is known before they run, each with what it is, such as `a DO block`. */
  unknownLocks: { statement: string; reason: string }[];
  /** The index of the first statement that would be sent, from 0: above 0 when it is half-applied. */
  nextStatement: number;
}

/**
 * What `up()` would run. The ledger is that of the request's schema.
 *
 * @throws UserError `migrations-refused`
 */
export async function dryRun(
  context: MigratorContext,
  request: Omit<RunRequest, 'direction'>,
): Promise<DryRunMigration[]> {
  const { ledger, driver } = context;
  await refuseForeignHistory(context, request.schema);
  const found = await context.survey();
  const pending = await preflight(
    found,
    ledger,
    driver,
    { ...request, direction: 'up' },
    backfillContext(context, request.schema),
  );
  const isAhead = found.statuses.some(({ state }) => state === 'future');
  const sources = isAhead ? [] : await repeatableSources(context);
  const repeatables = await planRepeatables(sources, found.rows, context, request.schema);
  refuse(repeatables.flatMap(({ faults }) => faults));
  const open = repeatables.flatMap(({ plan, status }) =>
    plan === undefined || status.state === 'applied' ? [] : [{ plan, status }],
  );
  const { isAsked = () => true } = request;
  return [...pending, ...open].filter(({ plan }) => isAsked(plan.name)).map(shown);
}

function shown({ plan, status }: Pick<PendingMigration, 'plan' | 'status'>): DryRunMigration {
  return {
    name: plan.name,
    path: status.path,
    transactional: plan.nonTransactionalReason === undefined,
    nonTransactionalReason: plan.nonTransactionalReason,
    statements: plan.statements.map(({ sql }) => sql),
    isOpaque: plan.fingerprint === null,
    isRecordedOnly: status.squash !== undefined && status.squash.action !== 'run',
    unknownLocks: plan.statements.flatMap(({ sql, node }) => {
      const reason = lockSetOf(node).unknown;
      return reason === undefined ? [] : [{ statement: sql, reason }];
    }),
    nextStatement: status.progress?.doneStatements ?? 0,
  };
}
