import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Where an operation runs, and when it may run again after a lost connection: a `write` on the writer, if its input has
 * an `idempotencyKey`; a `repeatable` one on the writer, always; a `read` on a reader that is up to date, always.
 */
export type RunMode = 'write' | 'repeatable' | 'read';

/** An operation in the table of the shop. */
export interface Binding<Input, Result> {
  readonly mode: RunMode;
  readonly run: (em: EntityManager, input: Input) => Promise<Result>;
  /** The function that this package exports. */
  readonly operation: unknown;
}

/** A table of bindings, of whatever depth. */
export interface BindingTable {
  readonly [name: string]: Binding<never, unknown> | BindingTable;
}

type Bound<Input, Result> = undefined extends Input
  ? (input?: Input) => Promise<Result>
  : (input: Input) => Promise<Result>;

/** The functions of a table: each takes the operation's input, and no EntityManager. */
export type BoundTable<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Binding<infer Input, infer Result>
    ? Bound<Input, Result>
    : BoundTable<Table[Name]>;
};

type Run<Input, Result> = (em: EntityManager, input: Input) => Promise<Result>;

/** An operation of a {@link RunMode}; `operation` is what is exported, where `run` wraps it. */
const binding =
  (mode: RunMode) =>
  <Input, Result>(run: Run<Input, Result>, operation: unknown = run): Binding<Input, Result> => ({
    mode,
    run,
    operation,
  });

export const write = binding('write');
export const repeatable = binding('repeatable');
export const read = binding('read');

/** Runs a binding in a session. */
export type Runner = <Input, Result>(binding: Binding<Input, Result>, input: Input) => Promise<Result>;

/** Whether an entry of a table is an operation, and not a domain. */
export function isBinding(entry: Binding<never, unknown> | BindingTable): entry is Binding<never, unknown> {
  return typeof entry.run === 'function';
}

/** All bindings of a table. */
export function bindingsOf(table: BindingTable): Binding<never, unknown>[] {
  return Object.values(table).flatMap((entry) => (isBinding(entry) ? [entry] : bindingsOf(entry)));
}

/** The table's functions, run by `runner`. A domain is bound when it is first used: a session is made for each request. */
export function bindTable<Table extends BindingTable>(table: Table, runner: Runner): BoundTable<Table> {
  const bound = {};
  for (const [name, entry] of Object.entries(table)) {
    if (isBinding(entry)) {
      Object.defineProperty(bound, name, { enumerable: true, value: (input: never) => runner(entry, input) });
    } else {
      let domain: object | undefined;
      Object.defineProperty(bound, name, {
        enumerable: true,
        get: () => (domain ??= bindTable(entry, runner)),
      });
    }
  }
  return bound as BoundTable<Table>;
}
