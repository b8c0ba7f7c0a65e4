import { failureText } from './difference.ts';
import { Exceptions } from './exceptions.ts';
import type { Control } from './exercise/exercise.ts';
import type { EntityDescription } from './exercise/outcome.ts';
import type { CompatibilityBreak, CompatibilityReport, Undecided } from './report.ts';

/** Collects what is found, without what is excepted. */
export class Verdict {
  readonly #exceptions: Exceptions;
  readonly #breaks: CompatibilityBreak[] = [];
  readonly #undecided: Undecided[] = [];

  constructor(except: readonly string[]) {
    this.#exceptions = new Exceptions(except);
  }

  breaks(found: readonly CompatibilityBreak[]): void {
    for (const each of found) {
      const operations = each.operations.filter(
        ({ operation }) => !this.#exceptions.matches({ ...each, operation }),
      );
      if (operations.length > 0) this.#breaks.push({ ...each, operations });
    }
  }

  undecided(found: readonly Undecided[]): void {
    this.#undecided.push(...found.filter((each) => !this.#exceptions.matches(each)));
  }

  result(): Pick<CompatibilityReport, 'breaks' | 'undecided' | 'excepted'> {
    const unused = this.#exceptions.unused.map((text): Undecided => ({
      release: 'previous',
      reason: `The exception ${text} matches nothing.`,
    }));
    return {
      breaks: this.#breaks,
      undecided: [...this.#undecided, ...unused],
      excepted: this.#exceptions.count,
    };
  }
}

/**
 * What a release has not been able to do where it should be.
 *
 * @param reasons why a table has no rows, by its name
 */
export function undecidedOf(
  release: Undecided['release'],
  { failed, empty }: Pick<Control, 'failed' | 'empty'>,
  entities: readonly EntityDescription[],
  reasons: ReadonlyMap<string, string>,
): Undecided[] {
  const unreadable = new Set(
    failed.flatMap(({ entity, operation }) => (operation === 'select' ? [entity] : [])),
  );
  const shown = new Map(
    failed
      .filter(({ entity, operation }) => operation === 'select' || !unreadable.has(entity))
      .map((outcome) => [`${outcome.entity}.${outcome.property}:${outcome.operation}`, outcome]),
  );
  const of =
    release === 'previous' ? 'It fails before the new migrations, too' : 'It fails after all migrations';
  return [
    ...[...shown.values()].map(({ entity, property, operation, failure = { message: '' } }) => ({
      release,
      entity,
      ...(property !== undefined && { property }),
      operation,
      reason: `${of}: ${failureText(failure)}.`,
    })),
    ...empty
      .filter((entity) => !unreadable.has(entity))
      .map((entity) => {
        const table = entities.find(({ name }) => name === entity);
        const why = table && reasons.get(`${table.schema}.${table.table}`);
        return {
          release,
          entity,
          reason: `It has no row to write${why === undefined ? '' : `: ${why}`}. Make rows with --rows-sql FILE.`,
        };
      }),
  ];
}
