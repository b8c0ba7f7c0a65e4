import { type Difference, failureText } from './difference.ts';
import { rowGone } from './exercise/operations.ts';
import type { EntityDescription, Outcome } from './exercise/outcome.ts';
import { remedies } from './explain-failure.ts';

/** What the new release cannot do, or what it fails with for a reason that is not known. */
export interface NewReleaseVerdict {
  differences: Difference[];
  failed: Outcome[];
}

/**
 * Judges the operations of the new release.
 *
 * @param atFirst after the migrations that are applied before it starts
 * @param atLast after all; the same where none comes later
 */
export function judgeNewRelease(
  atFirst: readonly Outcome[],
  atLast: readonly Outcome[],
  entities: readonly EntityDescription[],
): NewReleaseVerdict {
  // The other release's rows have taken the place of some.
  const [early, late] = [atFirst, atLast].map((outcomes) =>
    outcomes.filter(({ failure }) => failure?.message !== rowGone),
  ) as [Outcome[], Outcome[]];
  const works = new Set(late.filter(({ failure }) => failure === undefined).map(groupOf));
  const worksThen = new Set(early.filter(({ failure }) => failure === undefined).map(groupOf));
  const broken = late.filter((outcome) => !works.has(groupOf(outcome)));
  // Where its rows cannot be read at first, there are no rows to write.
  const tooEarly = early.filter(
    (outcome) =>
      outcome.failure?.sqlState !== undefined && !worksThen.has(groupOf(outcome)) && !isIn(broken, outcome),
  );
  const differenceOf = (outcome: Outcome, end: string, remedy: string): Difference => {
    const { entity, operation, variant, statement, failure = { message: '' } } = outcome;
    // A table that is not there is no property's fault.
    const property =
      failure.sqlState === '42P01' && operation !== 'populate'
        ? undefined
        : (outcome.property ?? propertyIn(failure.message, entity, entities));
    return {
      entity,
      ...(property !== undefined && { property }),
      operation,
      variant,
      ...(statement !== undefined && { statement }),
      failure,
      problem: `${failureText(failure)}${end}`,
      remedy,
    };
  };
  const missing = new Set(broken.filter(isOfSchema).map(({ entity }) => entity));
  return {
    differences: [
      ...withoutWholes(tooEarly).map((outcome) =>
        differenceOf(outcome, ', until the later migrations are applied.', remedies.tooLate),
      ),
      ...withoutWholes(broken.filter(isOfSchema)).map((outcome) =>
        differenceOf(outcome, ', after all migrations.', remedies.ownSchema),
      ),
    ],
    // Of what has no column, there is no value to write either.
    failed: broken.filter((outcome) => !isOfSchema(outcome) && !missing.has(outcome.entity)),
  };
}

/** Something is not there: no row can be at fault. Nor are rights, or a statement that MikroORM makes no valid SQL. */
function isOfSchema({ failure }: Outcome): boolean {
  return /^42(?!501|601)/.test(failure?.sqlState ?? '');
}

/** Selects of whole rows, of which the properties say more, are left out. */
function withoutWholes(outcomes: readonly Outcome[]): Outcome[] {
  const parts = new Set(
    outcomes.flatMap(({ entity, operation, property }) =>
      operation === 'select' && property !== undefined ? [entity] : [],
    ),
  );
  return outcomes.filter(
    ({ entity, operation, property }) =>
      operation !== 'select' || property !== undefined || !parts.has(entity),
  );
}

function groupOf({ entity, operation, property = '' }: Outcome): string {
  return [entity, operation, property].join('\n');
}

function isIn(outcomes: readonly Outcome[], outcome: Outcome): boolean {
  return outcomes.some((each) => groupOf(each) === groupOf(outcome));
}

function propertyIn(
  message: string,
  entity: string,
  entities: readonly EntityDescription[],
): string | undefined {
  const described = entities.find(({ name }) => name === entity);
  return described?.properties.find(({ columns }) =>
    columns.some((column) => new RegExp(`\\b${column}\\b`).test(message)),
  )?.name;
}
