import type { EntityProperty } from '@mikro-orm/core';

/** Values to write into a property beside the one that a row has: those at the limits of what its type allows. */
export function valueVariants(property: EntityProperty, value: unknown): Record<string, unknown> {
  return {
    ...(property.nullable === true && { null: null }),
    ...Object.fromEntries((property.items ?? []).map((item) => [`'${item}'`, item])),
    ...(property.items === undefined && property.kind === 'scalar' && limits(property, value)),
  };
}

function limits({ columnTypes, array }: EntityProperty, value: unknown): Record<string, unknown> {
  const [type = ''] = columnTypes;
  if (array === true || type.endsWith('[]')) return {};
  if (typeof value === 'boolean') return { opposite: !value };
  const text = /^(?:text|varchar|character varying|char)(?:\((\d+)\))?/.exec(type);
  if (text !== null && typeof value === 'string') {
    const length = Number(text[1] ?? 1000);
    return { empty: '', [`of ${length} characters`]: 'x'.repeat(length) };
  }
  const largest = largestNumber(type);
  if (largest === undefined) return {};
  const as = (number: string): unknown => {
    if (typeof value === 'bigint') return BigInt(number);
    return typeof value === 'number' ? Math.min(Number(number), Number.MAX_SAFE_INTEGER) : number;
  };
  if (!['bigint', 'number', 'string'].includes(typeof value)) return {};
  return { 0: as('0'), '-1': as('-1'), [largest]: as(largest) };
}

function largestNumber(type: string): string | undefined {
  if (/^(smallint|int2|smallserial)/.test(type)) return '32767';
  if (/^(bigint|int8|bigserial)/.test(type)) return '9223372036854775807';
  if (/^(int|integer|int4|serial)\b/.test(type)) return '2147483647';
  const numeric = /^(?:numeric|decimal)\((\d+),\s*(\d+)\)/.exec(type);
  if (numeric === null) return undefined;
  const [precision, scale] = [Number(numeric[1]), Number(numeric[2])];
  const whole = '9'.repeat(precision - scale) || '0';
  return scale === 0 ? whole : `${whole}.${'9'.repeat(scale)}`;
}
