import { escapeIdentifier, escapeLiteral } from 'pg';
import type { SampleColumn } from './read-tables.ts';

/**
 * SQL for a value of a column, from the number `i` of its row and the share `nulls` of columns that are NULL in it: one of
 * the values that the conditions name, of texts that conditions often ask for, and of the type, which meets the conditions.
 * It is NULL where none does.
 *
 * @returns undefined for a type whose values are not known
 * @param conditions of CHECK constraints and domains that read no other column
 * @param literals of these and of conditions that read others too, such as `'draft'` and `100`
 */
export function sampleValue(
  column: SampleColumn,
  conditions: readonly string[],
  literals: readonly string[],
  isUnique: boolean,
): string | undefined {
  const { cast } = column;
  const choices = [
    ...new Set([
      ...ofType(column, isUnique),
      ...literals.flatMap((literal) => namedValues(column, literal, isUnique)),
    ]),
  ];
  if (choices.length === 0) return undefined;
  const name = escapeIdentifier(column.name);
  // The condition on i makes the subquery run once a row.
  const wanted = ['i is not null', ...conditions.map((condition) => `(${condition}) is not false`)];
  const value = `(select ${name} from (values ${choices.map((choice) => `((${choice})::${cast})`).join(', ')}) as choice (${name})
    where ${wanted.join(' and ')} order by random() limit 1)`;
  return column.isNullable && !isUnique ? `case when random() >= nulls then ${value} end` : value;
}

/** Values that a literal of a condition leads to: itself, its neighbours, texts of that length. */
function namedValues({ category, length }: SampleColumn, literal: string, isUnique: boolean): string[] {
  const isText = literal.startsWith("'");
  if (category === 'N') {
    if (isText) return [];
    return isUnique ? [`${literal} + i`] : [literal, `${literal} + 1`, `greatest(${literal} - 1, 0)`];
  }
  if (category !== 'S') return [];
  if (isText) {
    const text = literal.slice(1, -1).replaceAll("''", "'");
    const counts = text.match(/\d+/g) ?? [];
    const isOwn = !isUnique && (length === null || text.length <= length);
    return [...(isOwn ? [literal] : []), ...counts.flatMap((count) => ofLength(Number(count), length))];
  }
  return ofLength(Number(literal), length);
}

function ofLength(count: number, most: number | null): string[] {
  if (!Number.isInteger(count) || count < 1 || count > (most ?? 1000)) return [];
  const hex = `substr(repeat(md5(random()::text), ${Math.ceil(count / 32)}), 1, ${count})`;
  const letters = `translate(${hex}, '0123456789', 'ghijklmnop')`;
  return [hex, letters, `upper(${letters})`, `lpad(i::text, ${count}, '0')`];
}

function ofType(column: SampleColumn, isUnique: boolean): string[] {
  const { type, category, labels, length } = column;
  switch (category) {
    case 'E':
      return labels.map((label) => escapeLiteral(label));
    case 'A':
      return [`'{}'`];
    case 'R':
      return [...rangesOf(type), ...(isUnique ? [] : [`'empty'`])];
    case 'B':
      return ['true', 'false'];
    case 'D':
      return [
        `timestamp '2025-01-01' + i * interval '1 ${type === 'date' ? 'day' : 'minute'}'`,
        ...(isUnique ? [] : ['now()', `now() + interval '1 day'`]),
      ];
    case 'T':
      return [`i * interval '1 second'`];
    case 'N':
      return numbers(column);
    case 'S':
      return texts(length, isUnique);
    case 'V':
      return type === 'varbit' || type === 'bit' ? [`lpad('', ${length ?? 1}, '1')`] : [];
    default:
      return others[type] ?? [];
  }
}

function rangesOf(type: string): string[] {
  if (/^(int|num)/.test(type)) return [`'[' || i || ',' || i + 1 || ')'`];
  const day = (offset: string): string => `(date '2025-01-01' + i + ${offset})`;
  return /^(ts|tstz|date)range$/.test(type)
    ? [`'[' || ${day('0')} || ',' || ${day('1')} || ')'`, `'[' || ${day('0')} || ',)'`]
    : [];
}

const others: Readonly<Record<string, string[]>> = {
  uuid: ['md5(i::text || clock_timestamp()::text)'],
  json: [`json_build_object('i', i)`, 'json_build_array(i)'],
  jsonb: [`jsonb_build_object('i', i)`, `'{}'`, `'[]'`, `'"text"'`, `'1'`, `'true'`],
  bytea: [`decode(md5(i::text), 'hex')`, `decode(md5(i::text) || md5(i::text), 'hex')`],
  inet: [`'10.0.0.0'::inet + i`],
  cidr: [`'10.0.0.0/8'`],
  macaddr: [`'08:00:2b:01:02:03'`],
  tsvector: [`to_tsvector('simple', 'word ' || i)`],
  ltree: [`'s' || i`],
  xml: [`('<i>' || i || '</i>')`],
  point: ['point(i, i)'],
};

function numbers({ type, precision, scale }: SampleColumn): string[] {
  if (type === 'int2') return ['i % 32000'];
  if (type === 'numeric' && precision !== null && scale !== null) {
    const whole = precision - scale;
    if (whole <= 0) return [`i % 10 / 10.0 ^ ${Math.max(1, scale)}`];
    if (whole < 9) return [`i % ${10 ** whole}`];
  }
  return ['i'];
}

/** In the forms that conditions often ask for. */
function texts(length: number | null, isUnique: boolean): string[] {
  // A short unique column has room for more different values in base 16.
  if (length !== null && length < 12 && isUnique) {
    const hex = `lpad(to_hex(i), ${length}, '0')`;
    const letters = `translate(${hex}, '0123456789', 'ghijklmnop')`;
    return [hex, `upper(${hex})`, letters, `upper(${letters})`];
  }
  const forms = [
    `'sample ' || i`,
    `'sample-' || i`,
    `'SAMPLE-' || i`,
    `'s' || i || '@example.org'`,
    `'https://example.org/' || i`,
    `'/sample/' || i`,
    'i',
  ];
  return length === null ? forms : forms.map((form) => `substr((${form})::text, 1, ${length})`);
}
