/** From a quiet environment to a busy one. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export function times({ low, high }: Range, factor: number): Range {
  return { low: low * factor, high: high * factor };
}

export function sumOf(ranges: readonly Range[]): Range {
  return ranges.reduce((sum, { low, high }) => ({ low: sum.low + low, high: sum.high + high }), {
    low: 0,
    high: 0,
  });
}
