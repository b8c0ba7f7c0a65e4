import type { MigrationPlan, PlannedStatement } from '../plan-migration.ts';
import { groupsOf, messageOf } from '../together.ts';

/** A statement of a migration that is being run. */
export interface CurrentStatement {
  plan: MigrationPlan;
  index: number;
  /** Those that are sent in one message, from the one at `index`. */
  group: readonly PlannedStatement[];
}

/** Recognizes the statements of migrations among all requests of a run: they come in their order. */
export class StatementCursor {
  readonly #plans: readonly MigrationPlan[];
  readonly #next = new Map<MigrationPlan, number>();
  #current: CurrentStatement | undefined;

  constructor(plans: readonly MigrationPlan[]) {
    this.#plans = plans;
  }

  /** The statement that is under way. */
  get current(): CurrentStatement | undefined {
    return this.#current;
  }

  /** Takes a request; returns the statement that it is, if it is one. */
  meet(sql: string): CurrentStatement | undefined {
    for (const plan of this.#plans) {
      // An attempt that was given up begins again.
      const next = this.#next.get(plan) ?? 0;
      for (const index of new Set([next, 0])) {
        const group = groupAt(plan, index, sql);
        if (group === undefined) continue;
        this.#next.set(plan, index + group.length);
        this.#current = { plan, index, group };
        return this.#current;
      }
    }
    return undefined;
  }

  leave(): void {
    this.#current = undefined;
  }
}

/** The statements that a request runs, if they are the next ones: one, or those that are sent together. */
function groupAt(plan: MigrationPlan, index: number, sql: string): readonly PlannedStatement[] | undefined {
  const statement = plan.statements[index];
  if (statement === undefined) return undefined;
  if (statement.sql === sql) return [statement];
  const group = groupsOf(plan.statements).find(([first]) => first === statement);
  return group !== undefined && group.length > 1 && messageOf(group) === sql ? group : undefined;
}
