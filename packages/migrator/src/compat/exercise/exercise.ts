import type { EntityMetadata } from '@mikro-orm/core';
import type { EntityDescription, Outcome, Subject } from './outcome.ts';
import { operationsOf, rowGone } from './operations.ts';
import { describeEntities, entitiesOf } from './properties.ts';
import type { Release } from './release.ts';
import { failureOf, type PlannedOperation, runOperation } from './run-operation.ts';
import { type Sample, takeSamples } from './samples.ts';
import {
  type FoundRow,
  readRow,
  type SharedRow,
  writeRows,
  writeValue,
  type WrittenRow,
} from './shared-rows.ts';

/** What a release can do with the schema for which it was made. */
export interface Control {
  /** The operations that have succeeded, twice. */
  first: Outcome[];
  second: Outcome[];
  /** Those of which no variant has succeeded: nothing can be said about them. */
  failed: Outcome[];
  /** Entities without a row to write. */
  empty: string[];
}

/** A release's operations on its rows, which can be repeated on another schema. */
export class Exercise {
  readonly #release: Release;
  readonly #samples = new Map<EntityMetadata, Sample[]>();
  #planned: PlannedOperation[] = [];

  constructor(release: Release) {
    this.#release = release;
  }

  async describe(): Promise<{ mikroOrm: string; entities: EntityDescription[] }> {
    return { mikroOrm: this.#release.mikro.Utils.getORMVersion(), entities: describeEntities(this.#release) };
  }

  /**
   * Plans all operations on the rows that there are now.
   *
   * @returns the entities without a row to write
   */
  async plan(): Promise<string[]> {
    const empty: string[] = [];
    this.#planned = [];
    for (const meta of entitiesOf(this.#release)) {
      // What cannot be read shows in the operation that reads it.
      const samples = await takeSamples(this.#release, meta).catch((error: unknown) => {
        if (/^(08|57P)/.test(failureOf(error).sqlState ?? '')) throw error;
        return [];
      });
      this.#samples.set(meta, samples);
      if (samples.length === 0) empty.push(meta.className);
      this.#planned.push(...operationsOf(this.#release, meta, samples));
    }
    return empty;
  }

  /** Plans all operations, and keeps those that succeed: what they do shows what is right. */
  async control(): Promise<Control> {
    const empty = await this.plan();
    const outcomes = await this.#runAll(this.#planned);
    const succeeded = this.#planned.filter((_, index) => outcomes[index]?.failure === undefined);
    const known = new Set(succeeded.map(groupOf));
    const failed = outcomes.filter(
      (outcome) => outcome.failure !== undefined && !known.has(groupOf(outcome)),
    );
    this.#planned = succeeded;
    const second = await this.#runAll(succeeded);
    return { first: outcomes.filter(({ failure }) => failure === undefined), second, failed, empty };
  }

  /** Runs the planned operations again, and the parts of those that fail. */
  async run(): Promise<Outcome[]> {
    const outcomes = await this.#runAll(this.#planned);
    const parts = this.#planned.flatMap(({ parts: own = [] }, index) => {
      const failure = outcomes[index]?.failure;
      return failure === undefined || failure.message === rowGone ? [] : own;
    });
    return [...outcomes, ...(await this.#runAll(parts))];
  }

  /** Writes rows that stay, for the other release to read. */
  writeRows(): Promise<WrittenRow[]> {
    return writeRows(this.#release, this.#samples);
  }

  /** Writes one value that stays; undefined if the database refuses it. */
  writeValue(change: {
    entity: string;
    property: string;
    value: string | null;
  }): Promise<WrittenRow | undefined> {
    return writeValue(this.#release, this.#samples, change);
  }

  /** Reads a row that the other release has written; undefined if there is no entity for it. */
  readRow(row: SharedRow): Promise<FoundRow | undefined> {
    return readRow(this.#release, row);
  }

  async #runAll(planned: readonly PlannedOperation[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const each of planned) outcomes.push(await runOperation(this.#release, each));
    return outcomes;
  }
}

/** Operations that are the same, but for their rows and values. */
function groupOf({ entity, operation, property = '' }: Subject): string {
  return `${entity}\n${operation}\n${property}`;
}
