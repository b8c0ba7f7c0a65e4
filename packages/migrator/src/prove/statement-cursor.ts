import type { MigrationPlan, PlannedStatement } from '../plan-migration.ts';

/** A statement of a migration that is being run. */
export interface CurrentStatement {
  plan: MigrationPlan;
  index: number;
  statement: PlannedStatement;
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
        const statement = plan.statements[index];
        if (statement === undefined || statement.sql !== sql) continue;
        this.#next.set(plan, index + 1);
        this.#current = { plan, index, statement };
        return this.#current;
      }
    }
    return undefined;
  }

  leave(): void {
    this.#current = undefined;
  }
}
