import type { ClientConfig } from 'pg';
import type { LockMode } from '../locks/lock-mode.ts';
import { withoutLiterals } from '../excerpt.ts';
import { resolveLocks } from '../locks/resolve-locks.ts';
import type { MigrationPlan, PlannedStatement } from '../plan-migration.ts';
import type { Queryable } from '../ledger.ts';
import { lockSetOf } from '../locks/lock-set.ts';
import { Control } from './control.ts';
import { type ObservedLock, strongerThan, strongestLocks } from './observed-locks.ts';
import { withClient } from '../with-client.ts';
import { applyThrough, type Subject } from './run-migrations.ts';
import {
  locksOfSql,
  readSnapshot,
  rewrittenBetween,
  scannedBetween,
  type SessionSnapshot,
  snapshotSql,
  tableLocks,
} from './session-snapshot.ts';
import { StatementCursor } from './statement-cursor.ts';
import type { Exchange } from './wire-proxy.ts';

/** What a statement did in a run without other sessions. */
export interface Measurement {
  migration: string;
  /** From 0. */
  statement: number;
  /** Its literals are masked where one of them can be a password. */
  sql: string;
  /** Sent in one message with the one before: all that follows is that of the message. */
  isWithPrevious: boolean;
  durationMs: number;
  /** What the whole server wrote meanwhile: an upper bound. */
  walBytes: number;
  /** The strongest lock of each table that existed before, as held at the end of the statement, or at any time of it. */
  locks: ObservedLock[];
  /**
   * In a transaction they are read before it ends. Outside of one they are sampled, and short ones can be missed; not those
   * of CREATE INDEX CONCURRENTLY and its like, which are held up for that.
   */
  areLocksExact: boolean;
  /** Tables and indexes that got a new file. */
  rewrites: string[];
  /** Tables that were read from end to end. */
  scans: string[];
  /** Locks that stop queries and are stronger than those that the migrator takes into account. */
  unpredicted: ObservedLock[];
}

/** Which locks the migrator expects of statements, by the OID of the table. */
export type Prediction = (
  session: Queryable,
  statements: readonly PlannedStatement[],
) => Promise<readonly { oid: number; mode: LockMode }[]>;

/** Runs the migration on a database, and measures each of its statements. */
export async function measure(
  subject: Subject,
  plans: readonly MigrationPlan[],
  database: ClientConfig,
  predict: Prediction = resolveLocks,
): Promise<Measurement[]> {
  return withClient(database, async (monitor) => {
    const asQueryable: Queryable = {
      query: async (sql, params = []) => {
        let index = 0;
        return (
          await monitor.query(
            sql.replaceAll('?', () => `$${++index}`),
            [...params],
          )
        ).rows;
      },
    };
    const tablesOf = async (statement: PlannedStatement): Promise<string[]> =>
      (await resolveLocks(asQueryable, [statement])).flatMap(({ oid }) => {
        const relation = existing.get(`${oid}`);
        return relation?.isTable === true ? [relation.name] : [];
      });
    const sample = async (pid: number): Promise<void> => {
      const { rows } = await monitor.query<{ oid: string; mode: string }>(locksOfSql, [pid]);
      const locks = rows.map(({ oid, mode }) => [oid, mode] as const);
      sampled.push(...tableLocks(locks, existing));
    };
    const cursor = new StatementCursor(plans);
    const measured = new Map<string, Measurement>();
    const existing = readSnapshot(
      String(
        (await monitor.query<{ snapshot: string }>(`select (${snapshotSql}) as snapshot`)).rows[0]?.snapshot,
      ),
    ).relations;
    let before: SessionSnapshot | undefined;
    let predicted: ObservedLock[] = [];
    let sampled: ObservedLock[] = [];
    let target: Exchange | undefined;
    const clock: { sentMs: number; heldMs: number; endMs?: number | undefined } = { sentMs: 0, heldMs: 0 };
    await using control = await Control.open(database);
    const error = await applyThrough(subject, database, () => ({
      before: async (exchange) => {
        const current = cursor.meet(exchange.sql);
        if (current === undefined) return;
        target = exchange;
        const { plan, group } = current;
        const isAlone = plan.nonTransactionalReason !== undefined;
        // What a migration expects is looked up before its transaction: see runTransactional.
        if (isAlone || current.index === 0) {
          const locks = await predict(asQueryable, isAlone ? group : plan.statements);
          predicted = locks.flatMap(({ oid, mode }) => {
            const relation = existing.get(`${oid}`);
            return relation === undefined ? [] : [{ table: relation.name, mode }];
          });
        }
        before = await snapshotOf(exchange);
        sampled = [];
        const [statement] = group;
        if (statement !== undefined && waits(statement)) await control.hold(await tablesOf(statement));
        clock.heldMs = 0;
        clock.endMs = undefined;
        clock.sentMs = performance.now();
      },
      sent: async (exchange) => {
        if (exchange !== target) return;
        const { pid } = exchange;
        const statement = cursor.current?.group[0];
        if (statement !== undefined && waits(statement)) {
          // Held up, it has all its locks for as long as it takes to read them.
          const isHeld = await control.isMadeToWait(exchange);
          const heldFromMs = performance.now();
          if (isHeld) await sample(pid);
          await control.letGo();
          clock.heldMs = isHeld ? performance.now() - heldFromMs : 0;
        }
        while (!exchange.isAnswered) await sample(pid);
      },
      arrived: (exchange) => {
        if (exchange === target) clock.endMs = performance.now();
      },
      answered: async (exchange) => {
        const { current } = cursor;
        const { sentMs, heldMs, endMs } = clock;
        if (exchange !== target || current === undefined || before === undefined || endMs === undefined)
          return;
        const after = await snapshotOf(exchange);
        cursor.leave();
        if (after === undefined) return;
        const { plan, group, index } = current;
        const locks = strongestLocks([...sampled, ...tableLocks(after.locks, existing)]);
        const earlier = tableLocks(before.locks, existing);
        const isUnknown = group.some(({ node }) => lockSetOf(node).unknown !== undefined);
        const seen = {
          migration: plan.name,
          durationMs: Math.round((endMs - sentMs - heldMs) * 10) / 10,
          walBytes: after.walBytes - before.walBytes,
          locks,
          rewrites: rewrittenBetween(before, after).filter((name) => names(existing).has(name)),
          scans: scannedBetween(before, after).filter((name) => names(existing).has(name)),
          unpredicted: isUnknown ? [] : strongerThan(locks, [...earlier, ...predicted]),
        };
        for (const [place, { sql, secret, nonTransactional, commitsItself }] of group.entries()) {
          measured.set(`${plan.name} ${index + place}`, {
            ...seen,
            statement: index + place,
            sql: secret === true ? withoutLiterals(sql) : sql,
            isWithPrevious: place > 0,
            areLocksExact: nonTransactional === undefined && !commitsItself,
          });
        }
      },
    }));
    if (error !== undefined) throw error;
    return [...measured.values()];
  });
}

function names(relations: SessionSnapshot['relations']): Set<string> {
  return new Set([...relations.values()].map(({ name }) => name));
}

async function snapshotOf({ inject }: Exchange): Promise<SessionSnapshot | undefined> {
  const text = await inject(snapshotSql);
  return text == null ? undefined : readSnapshot(text);
}

/** Whether a statement waits for transactions that have nothing to do with its locks. */
function waits({ nonTransactional }: PlannedStatement): boolean {
  return nonTransactional?.waitsHarmlessly === true;
}
