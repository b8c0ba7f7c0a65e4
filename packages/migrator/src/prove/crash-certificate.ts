import { isUserError } from '@ecommerce-dms/errors';
import type { ClientConfig } from 'pg';
import { excerpt } from '../excerpt.ts';
import type { MigrationPlan } from '../plan-migration.ts';
import type { Copies } from './copies.ts';
import { type DatabaseState, differingDigests, readState, stateDifferences } from './database-state.ts';
import { killAt } from './kill.ts';
import { type KillKind, type KillPoint, killPointTest, PointCounter, samplePoints } from './kill-points.ts';
import { withClient } from '../with-client.ts';
import { applyOn, applyThrough, type Subject } from './run-migrations.ts';

/** What became of the runs that were killed and resumed. */
export interface CrashCertificate {
  /** How many runs were killed. */
  kills: number;
  /** At how many points and in how many ways a run can be killed. */
  possibleKills: number;
  /** Killed runs whose resumption did not end in the schema and the rows of an undisturbed run. */
  failures: KillOutcome[];
  /** Killed runs of which nobody can say it. */
  undecided: KillOutcome[];
  /** Columns whose values differ between undisturbed runs, such as times, and so were not compared. */
  notCompared: string[];
  /** What else differs between undisturbed runs: what a kill leaves there cannot be judged. */
  unjudged: string[];
}

/** A kill, and why it does not prove that the migration can be resumed. */
export interface KillOutcome {
  kind: KillKind;
  /** The request at which the run was killed. */
  sql: string;
  problem: string;
}

/** What the kills work with. */
export interface CrashContext {
  subject: Subject;
  plans: readonly MigrationPlan[];
  copies: Copies;
  /** The database before the migration, with rows. */
  template: ClientConfig;
  /** Tables that it touches. */
  tables: readonly string[];
  maxKills: number;
  signal: AbortSignal | undefined;
  progress: (line: string) => void;
}

/** Kills the run of a migration at every point, resumes it with `up`, and compares the database with an undisturbed run's. */
export async function crashCertificate(context: CrashContext): Promise<CrashCertificate> {
  const { copies, template, subject, plans, progress, signal } = context;
  const isPoint = killPointTest(plans.flatMap(({ statements }) => statements.map(({ sql }) => sql)));
  const { points, expected, unstable, unjudged } = await undisturbed(context, isPoint);
  const chosen = samplePoints(points, context.maxKills, subject.name);
  const failures: KillOutcome[] = [];
  const undecided: KillOutcome[] = [];
  let inapplicable = 0;
  for (const [index, point] of chosen.entries()) {
    signal?.throwIfAborted();
    if (index % 10 === 0) progress(`${subject.name}: kill ${index + 1} of ${chosen.length}`);
    await copies.use(template, async (database) => {
      const run = await killAt(subject, database, point, isPoint, context.tables);
      const { kind, sql } = point;
      const outcome = (problem: string): KillOutcome => ({ kind, sql: excerpt(sql, true), problem });
      if (run.isInapplicable) {
        inapplicable += 1;
        return;
      }
      if (run.isMissed) {
        undecided.push(outcome('the run did not come to this point'));
        return;
      }
      const { failure, doubt } = await resume(subject, database, expected, unstable);
      if (failure !== undefined) failures.push(outcome(failure));
      else if (doubt !== undefined) undecided.push(outcome(doubt));
    });
  }
  return {
    kills: chosen.length - inapplicable,
    possibleKills: points.length - inapplicable,
    failures,
    undecided,
    notCompared: [...unstable],
    unjudged,
  };
}

async function resume(
  subject: Subject,
  database: ClientConfig,
  expected: DatabaseState,
  unstable: ReadonlySet<string>,
): Promise<{ failure?: string; doubt?: string }> {
  let error = await applyOn(subject, database);
  const isUnfinished = isUserError(error) && error.code === 'migration-unfinished';
  if (isUnfinished) error = await applyOn(subject, database, { unfinished: 'again' });
  if (error !== undefined) return { failure: `up fails then: ${messageOf(error)}` };
  const state = await withClient(database, readState);
  const differences = stateDifferences(expected, state, unstable);
  const again = isUnfinished ? 'run again with --unfinished again, ' : '';
  if (differences.length > 0) return { failure: `${again}the database differs: ${differences.join('; ')}` };
  return isUnfinished
    ? { doubt: 'up asks a person whether the statement is done: it commits by itself' }
    : {};
}

interface Undisturbed {
  points: KillPoint[];
  expected: DatabaseState;
  /** What differs between two undisturbed runs. */
  unstable: ReadonlySet<string>;
  /** Of that, what is neither a time nor a random identifier, for people. */
  unjudged: string[];
}

async function undisturbed(context: CrashContext, isPoint: (sql: string) => boolean): Promise<Undisturbed> {
  const [first, second] = [await observedRun(context, isPoint), await observedRun(context, isPoint)];
  return {
    points: first.points,
    expected: first.state,
    unstable: new Set(differingDigests(first.state, second.state)),
    unjudged: stateDifferences(first.state, second.state, first.state.varying),
  };
}

async function observedRun(
  { copies, template, subject, plans }: CrashContext,
  isPoint: (sql: string) => boolean,
): Promise<{ points: KillPoint[]; state: DatabaseState }> {
  const waiting = new Set(
    plans.flatMap(({ statements }) =>
      statements.flatMap(({ sql, nonTransactional }) => (nonTransactional?.waitsHarmlessly ? [sql] : [])),
    ),
  );
  return copies.use(template, async (database) => {
    const counter = new PointCounter(isPoint);
    const points: KillPoint[] = [];
    const error = await applyThrough(subject, database, () => ({
      before: async ({ session, sql }) => {
        const request = counter.next({ session, sql });
        if (request === undefined) return;
        const kinds: KillKind[] = ['before', 'after', 'backend'];
        if (waiting.has(sql)) kinds.push('waiting', 'backend-waiting');
        points.push(...kinds.map((kind) => ({ session, request, sql, kind })));
      },
    }));
    if (error !== undefined) throw error;
    return { points, state: await withClient(database, readState) };
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
