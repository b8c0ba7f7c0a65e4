import type { Control } from './exercise/exercise.ts';
import { rowGone } from './exercise/operations.ts';
import type { EntityDescription, Outcome, ReadValue, Subject } from './exercise/outcome.ts';
import type { Difference } from './difference.ts';
import { type Catalogs, explainFailure, missingColumn, remedies } from './explain-failure.ts';

/** What a release does otherwise than in its control. */
export function compareOutcomes(
  control: Pick<Control, 'first' | 'second'>,
  outcomes: readonly Outcome[],
  entities: readonly EntityDescription[],
  catalogs: Catalogs,
): Difference[] {
  const first = byKey(control.first);
  const second = byKey(control.second);
  const described = new Map(entities.map((entity) => [entity.name, entity]));
  const failed = new Set(outcomes.filter(isPartThatFails).map((part) => wholeOf(part)));
  return [
    ...outcomes.flatMap((outcome) => {
      const entity = described.get(outcome.entity);
      if (entity === undefined) return [];
      // Its parts say it more exactly.
      if (outcome.property === undefined && failed.has(keyOf(outcome))) return [];
      if (outcome.failure !== undefined) {
        return outcome.failure.message === rowGone ? [] : [failureOf(outcome, entity, catalogs)];
      }
      const [one, two] = [first.get(keyOf(outcome)), second.get(keyOf(outcome))];
      return one === undefined || two === undefined
        ? []
        : valueDifferences(outcome, one, two, entity, catalogs);
    }),
    ...entities.flatMap((entity) => typeDifferences(entity, catalogs)),
  ];
}

/** The operations of whose row nothing is left to try. */
export function goneRows(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ failure }) => failure?.message === rowGone);
}

function byKey(outcomes: readonly Outcome[]): Map<string, Outcome> {
  return new Map(outcomes.map((outcome) => [keyOf(outcome), outcome]));
}

function keyOf({ entity, operation, property = '', variant }: Subject): string {
  return [entity, operation, property, variant].join('\n');
}

/** Only selects have parts, each of one property. */
function isPartThatFails({ operation, property, failure }: Outcome): boolean {
  return operation === 'select' && property !== undefined && failure !== undefined;
}

function wholeOf({ entity, operation, variant }: Outcome): string {
  return keyOf({ entity, operation, variant });
}

function failureOf(outcome: Outcome, entity: EntityDescription, catalogs: Catalogs): Difference {
  const { operation, variant, statement, failure } = outcome;
  return {
    entity: entity.name,
    operation,
    variant,
    ...(statement !== undefined && { statement }),
    ...(failure !== undefined && { failure }),
    ...explainFailure(outcome, entity, catalogs),
  };
}

/** @param one and `two` of the control: what differs between them differs each time, such as the time */
function valueDifferences(
  { operation, variant, values, statement }: Outcome,
  one: Outcome,
  two: Outcome,
  entity: EntityDescription,
  catalogs: Catalogs,
): Difference[] {
  return Object.entries(values).flatMap(([property, value]) => {
    const [before, again] = [one.values[property], two.values[property]];
    if (before === undefined || again === undefined) return [];
    const described = entity.properties.find(({ name }) => name === property);
    const of = (problem: string, remedy: string): Difference[] => [
      {
        entity: entity.name,
        property,
        operation,
        variant,
        problem,
        remedy,
        ...(statement !== undefined && { statement }),
      },
    ];
    if (value.kind === 'null' && before.kind !== 'null') {
      // A query for all columns of a row does not name them: MikroORM reads nothing, and no error.
      const missing = missingColumn(entity, ({ name }) => name === property, catalogs);
      if (missing !== undefined) {
        return of(missing.problem, missing.remedy);
      }
    }
    if (value.kind === 'null' && before.kind !== 'null' && described?.isNullable === false) {
      return of(`It reads null, where it was ${shown(before)} and is never null.`, remedies.nullRead);
    }
    if (value.kind !== before.kind && value.kind !== 'null' && before.kind !== 'null') {
      return of(
        `It reads ${shown(value)}, a ${value.kind}, where it was ${shown(before)}, a ${before.kind}.`,
        remedies.columnType,
      );
    }
    const isUnknown =
      described?.items !== undefined && value.kind !== 'null' && !described.items.includes(value.text);
    if (isUnknown && before.text !== value.text) {
      return of(`It reads ${shown(value)}, which it does not know.`, remedies.enumValue);
    }
    // A migration may change rows; what an operation itself has written is to be read back.
    if (operation === 'select' || !sameValue(before, again) || sameValue(before, value)) return [];
    return of(
      `It reads back ${shown(value)} after a write that gave ${shown(before)} before.`,
      remedies.otherValue,
    );
  });
}

/** Types whose values compare and sort otherwise, or mean something else. */
function typeDifferences(entity: EntityDescription, { before, after }: Catalogs): Difference[] {
  return entity.properties.flatMap(({ name, columns, isScalar }) => {
    const [column] = columns;
    if (!isScalar || column === undefined || columns.length > 1) return [];
    const old = before.column(entity.schema, entity.table, column);
    const now = after.column(entity.schema, entity.table, column);
    if (old === undefined || now === undefined || !isOtherMeaning(old, now)) return [];
    const problem = `The type of ${entity.table}.${column} has changed from ${old.type} to ${now.type}: its values compare and sort otherwise, or mean another moment.`;
    return [
      {
        entity: entity.name,
        property: name,
        operation: 'select' as const,
        variant: 'compared and sorted',
        problem,
        remedy: remedies.columnType,
      },
    ];
  });
}

function isOtherMeaning(
  old: { type: string; category: string },
  now: { type: string; category: string },
): boolean {
  if (old.category !== now.category) {
    // An enum and a text of the same values compare by another order, which few rely on: what fails, shows.
    return ![old.category, now.category].every((category) => category === 'S' || category === 'E');
  }
  return old.category === 'D' && withoutPrecision(old.type) !== withoutPrecision(now.type);
}

function withoutPrecision(type: string): string {
  return type.replace(/\(\d+\)/, '');
}

function sameValue(one: ReadValue, two: ReadValue): boolean {
  if (one.kind === two.kind && one.text === two.text) return true;
  // A number with more or fewer zeros behind the point is the same.
  const number = /^-?\d+(\.\d+)?$/;
  return number.test(one.text) && number.test(two.text) && digits(one.text) === digits(two.text);
}

function digits(number: string): string {
  return number.includes('.') ? number.replace(/\.?0+$/, '') : number;
}

function shown({ text }: ReadValue): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
