import type { SqlEntityManager } from '@mikro-orm/postgresql';
import type { Failure, Outcome, ReadValue, Subject } from './outcome.ts';
import type { Release } from './release.ts';

/** An operation of a release on its rows. */
export interface PlannedOperation extends Subject {
  /** @returns what was read afterwards */
  run: (em: SqlEntityManager) => Promise<Record<string, ReadValue>>;
  /** What to try when it fails, to tell which property is at fault. */
  parts?: PlannedOperation[];
}

/**
 * Runs an operation in a transaction that is rolled back; deferred constraints are checked before.
 *
 * @throws unknown what ended the connection
 */
export async function runOperation(
  release: Release,
  { run, ...planned }: PlannedOperation,
): Promise<Outcome> {
  const { entity, operation, property, variant } = planned;
  const subject = { entity, operation, variant, ...(property !== undefined && { property }) };
  const em = release.orm.em.fork() as SqlEntityManager;
  release.statements.length = 0;
  await em.begin();
  try {
    const values = await run(em);
    await em.execute('set constraints all immediate');
    return { ...subject, values };
  } catch (error) {
    const failure = failureOf(error);
    if (/^(08|57P)/.test(failure.sqlState ?? '')) throw error;
    const statement = release.statements.findLast((sql) => !surrounding.test(sql));
    return { ...subject, values: {}, failure, ...(statement !== undefined && { statement }) };
  } finally {
    await em.rollback().catch(() => {});
  }
}

/** Statements of ours around those of the release. */
const surrounding =
  /^\s*(begin|start transaction|commit|rollback|savepoint|release|set (local|constraints))\b/i;

/** What an error says. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const of = pgErrorOf(error);
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(of, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const fields = {
    sqlState: /^[0-9A-Z]{5}$/.test(text('code') ?? '') ? text('code') : undefined,
    column: text('column'),
    constraint: text('constraint'),
    schema: text('schema'),
    table: text('table'),
    where: text('where')?.split('\n')[0],
  };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { message: messageOf(of), ...Object.fromEntries(known) };
}

/** PostgreSQL's own error, which MikroORM wraps. */
function pgErrorOf(error: Error): Error {
  return error.cause instanceof Error && 'severity' in error.cause ? error.cause : error;
}

/** Without the values of the row, which MikroORM adds. */
function messageOf({ message }: Error): string {
  const [first = message] = message.split('\n');
  return first.replace(/\.$/, '');
}
