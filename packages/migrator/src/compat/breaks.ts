import { excerpt } from '../excerpt.ts';
import { type Difference, failureText } from './difference.ts';
import type { CompatibilityBreak } from './report.ts';

/** Gathers the differences that are seen after each migration into breaks. */
export class Breaks {
  readonly #release: CompatibilityBreak['release'];
  readonly #breaks = new Map<string, CompatibilityBreak>();

  constructor(release: CompatibilityBreak['release']) {
    this.#release = release;
  }

  /** Adds what is different after a migration; what was different before it and is no longer ends there. */
  add(differences: readonly Difference[], since: string | undefined): void {
    const now = new Set(differences.map(keyOf));
    for (const [key, found] of this.#breaks) {
      if (!now.has(key) && found.until === undefined && since !== undefined) found.until = since;
    }
    const known = new Set(this.#breaks.keys());
    for (const difference of differences) {
      const key = keyOf(difference);
      if (known.has(key)) continue;
      const { entity, property, problem, remedy, operation, variant, statement, failure } = difference;
      const found = this.#breaks.get(key) ?? {
        release: this.#release,
        entity,
        ...(property !== undefined && { property }),
        ...(since !== undefined && { since }),
        problem,
        remedy,
        operations: [],
      };
      this.#breaks.set(key, found);
      if (found.operations.some((each) => each.operation === operation)) continue;
      found.operations.push({
        operation,
        variant,
        ...(statement !== undefined && { statement: excerpt(statement) }),
        ...(failure !== undefined && { error: failureText(failure) }),
      });
    }
  }

  all(): CompatibilityBreak[] {
    return [...this.#breaks.values()];
  }
}

/** One remedy for one property is one break, whatever operations it shows in. */
function keyOf({ entity, property = '', remedy }: Difference): string {
  return [entity, property, remedy].join('\n');
}
