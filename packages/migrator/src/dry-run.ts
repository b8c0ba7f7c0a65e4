import { lockSetOf } from './locks/lock-set.ts';
import type { PendingMigration } from './preflight.ts';

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

/** What `dryRun()` shows of a migration. */
export function dryRunOf({ plan, status }: Pick<PendingMigration, 'plan' | 'status'>): DryRunMigration {
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
