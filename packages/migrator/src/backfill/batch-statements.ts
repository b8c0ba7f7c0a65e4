import type { Backfill } from './backfill-file.ts';
import type { KeyColumn } from './target.ts';

/** A statement with its parameters. */
export interface Statement {
  sql: string;
  params: readonly unknown[];
}

/** The rows of a batch: after `after` up to `upTo`, in the order of the key; values as text. */
export interface KeyRange {
  /** Null: from the first row on. */
  after: readonly string[] | null;
  upTo: readonly string[];
}

/** The statements of a batch. Ranges are comparisons of rows, which the index of the key answers. */
export class BatchStatements {
  readonly #backfill: Backfill;
  readonly #key: readonly KeyColumn[];

  constructor(backfill: Backfill, key: readonly KeyColumn[]) {
    this.#backfill = backfill;
    this.#key = key;
  }

  /** Reads how many of the next `limit` rows there are, and, as text in columns text0, text1, ..., the key of the last one. */
  end(after: KeyRange['after'], limit: number): Statement {
    const where = after === null ? '' : `where ${this.#compare('>', 1)}`;
    const names = this.#key.map((_, index) => `k${index}`);
    return {
      sql: `with batch as (
          select ${this.#key.map((column, index) => `${this.#qualified(column)} as k${index}`).join(', ')}
          from ${this.#backfill.from} ${where} order by ${this.#keyList} limit $${(after?.length ?? 0) + 1}
        )
        select (select count(*) from batch)::int as seen,
          ${names.map((name, index) => `format('%s', ${name}) as text${index}`).join(', ')}
        from batch order by ${names.map((name) => `${name} desc`).join(', ')} limit 1`,
      params: [...(after ?? []), limit],
    };
  }

  /** The rows' key, of what {@link end} has read. */
  keyIn(row: Record<string, unknown>): string[] {
    return this.#key.map((_, index) => String(row[`text${index}`]));
  }

  /** Changes the rows of a range that need it. */
  change(range: KeyRange): Statement {
    const { head, where } = this.#backfill;
    return {
      sql: `${head} where (${where}\n) and ${this.#inRange(range)}`,
      params: parametersOf(range),
    };
  }

  /** As {@link change}, without the rows that others have locked. */
  changeUnlocked(range: KeyRange): Statement {
    const { command, head, where, from } = this.#backfill;
    // What an UPDATE of other columns takes, so that foreign keys to the rows can be checked meanwhile.
    const strength = command === 'update' ? 'for no key update' : 'for update';
    const names = this.#key.map((_, index) => `k${index}`);
    return {
      sql: `with dms_unlocked (${names.join(', ')}) as materialized (
          select ${this.#keyList} from ${from} where (${where}\n) and ${this.#inRange(range)}
          order by ${this.#keyList} ${strength} of ${this.#backfill.alias} skip locked
        )
        ${head} where (${where}\n) and (${this.#keyList}) in (select ${names.join(', ')} from dms_unlocked)`,
      params: parametersOf(range),
    };
  }

  /** Counts the rows of a range that need it. */
  countNeeding(range: KeyRange): Statement {
    const { from, where } = this.#backfill;
    return {
      sql: `select count(*)::int as needing from ${from} where (${where}\n) and ${this.#inRange(range)}`,
      params: parametersOf(range),
    };
  }

  get #keyList(): string {
    return this.#key.map((column) => this.#qualified(column)).join(', ');
  }

  #qualified({ name }: KeyColumn): string {
    return `${this.#backfill.alias}.${name}`;
  }

  #inRange({ after }: KeyRange): string {
    if (after === null) return this.#compare('<=', 1);
    return `${this.#compare('>', 1)} and ${this.#compare('<=', after.length + 1)}`;
  }

  /** @param first the number of the first parameter */
  #compare(operator: '>' | '<=', first: number): string {
    const values = this.#key.map(({ type }, index) => `$${first + index}::${type}`);
    return `(${this.#keyList}) ${operator} (${values.join(', ')})`;
  }
}

function parametersOf({ after, upTo }: KeyRange): string[] {
  return [...(after ?? []), ...upTo];
}
