import type { ColumnDef } from 'libpg-query';
import { nodeOf, type SqlType, stringsOf, typeOf } from './nodes.ts';

/** What decides whether PostgreSQL rewrites the table. */
export interface TypeChange {
  from: SqlType;
  to: SqlType;
  /** The time zone of the session; undefined if it is not known. */
  timeZone: string | undefined;
  /** Whether an index may be on the column. */
  mayHaveIndex: boolean;
}

const texts = new Set(['text', 'varchar']);
/** The precision of those without one. */
const fractions = new Map([
  ['timestamp', 6],
  ['timestamptz', 6],
  ['time', 6],
  ['timetz', 6],
]);

/** Whether a change of type needs a new value, or a check, of no row. */
export function keepsRows({ from, to, timeZone, mayHaveIndex }: TypeChange): boolean {
  if (from.isArray !== to.isArray) return false;
  const [length = Infinity] = from.modifiers;
  const [newLength = Infinity] = to.modifiers;
  if (texts.has(from.name) && texts.has(to.name)) {
    return to.name === 'text' || newLength >= (from.name === 'text' ? Infinity : length);
  }
  if (from.isArray) return sameType(from, to);
  const isCitext = (type: SqlType): boolean => type.name.split('.').at(-1) === 'citext';
  if (isCitext(from) && isCitext(to)) return true;
  if ((isCitext(from) && texts.has(to.name)) || (isCitext(to) && texts.has(from.name))) {
    // The operators of citext are others, so that its indexes are built again.
    return to.modifiers.length === 0 && !mayHaveIndex;
  }
  if (from.name === 'cidr' && to.name === 'inet') return true;
  const isInUtc = timeZone !== undefined && /^(etc\/)?(utc|uct|gmt|zulu|universal)$/i.test(timeZone);
  const names = new Set([from.name, to.name]);
  if (names.has('timestamp') && names.has('timestamptz') && isInUtc)
    return newFraction(to) >= newFraction(from);
  if (from.name !== to.name) return false;
  if (fractions.has(from.name)) return newFraction(to) >= newFraction(from);
  if (from.name === 'varbit') return newLength >= length;
  if (from.name === 'numeric') {
    if (to.modifiers.length === 0) return true;
    const [scale = 0, newScale = 0] = [from.modifiers[1], to.modifiers[1]];
    return from.modifiers.length > 0 && newScale === scale && newLength >= length;
  }
  if (from.name === 'interval') {
    // The first number says which fields it has.
    const [fields, fraction = 6] = from.modifiers;
    const [newFields, wider = 6] = to.modifiers;
    const allFields = 32_767;
    return (
      (to.modifiers.length === 0 || (newFields ?? allFields) === (fields ?? allFields)) && wider >= fraction
    );
  }
  return sameType(from, to);
}

function newFraction({ name, modifiers }: SqlType): number {
  return modifiers[0] ?? fractions.get(name) ?? 6;
}

function sameType(a: SqlType, b: SqlType): boolean {
  return a.name === b.name && a.modifiers.join() === b.modifiers.join();
}

/** Whether USING is missing, or says no more than the type does. */
export function isPlainConversion(definition: ColumnDef, column: string): boolean {
  const using = definition.raw_default;
  if (using === undefined) return true;
  const cast = nodeOf(using, 'TypeCast');
  if (cast && !sameType(typeOf(cast.typeName), typeOf(definition.typeName))) return false;
  return stringsOf(nodeOf(cast?.arg ?? using, 'ColumnRef')?.fields).at(-1) === column;
}

/** A type as SQL has it. */
export function typeText({ name, modifiers, isArray }: SqlType): string {
  return `${name}${modifiers.length > 0 ? `(${modifiers.join(',')})` : ''}${isArray ? '[]' : ''}`;
}
