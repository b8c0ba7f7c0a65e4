import { cumulate, firstAbove } from './choice.ts';

const dayMs = 86_400_000;

/** What a calendar covers, and how its traffic varies. */
export interface CalendarOptions {
  /** First moment, in ms since 1970 UTC. */
  fromMs: number;
  /** All times are before this moment, in ms since 1970 UTC. */
  toMs: number;
  /** Growth in a year: 0.3 is 30 %. Default 0. */
  growthPerYear?: number;
  /** Weights of January to December. Default: all equal. */
  months?: readonly number[];
  /** Weights of Sunday to Saturday. Default: all equal. */
  weekdays?: readonly number[];
  /** Weights of the 24 hours of a UTC day. Default: all equal. */
  hours?: readonly number[];
}

/**
 * Makes times with growth and seasons: a function from a position, 0 (included) to 1 (excluded), to a time in ms since
 * 1970 UTC. Equal steps of the position hold equal shares of the traffic, and a larger position is never earlier, so
 * `at((i + draw.unit()) / n)` gives n events in order of time.
 *
 * @throws RangeError if `toMs` is not after `fromMs`, a weight is negative, or none is above 0
 */
export function calendar(options: CalendarOptions): (position: number) => number {
  const { fromMs, toMs, growthPerYear = 0, months, weekdays, hours } = options;
  if (!(toMs > fromMs)) throw new RangeError('The end of a calendar must be after its start.');
  const firstDay = Math.floor(fromMs / dayMs) * dayMs;
  const days = Math.ceil((toMs - firstDay) / dayMs);

  const dayWeights = Array.from({ length: days }, (_, day) => {
    const start = firstDay + day * dayMs;
    const date = new Date(start);
    const part = (Math.min(start + dayMs, toMs) - Math.max(start, fromMs)) / dayMs;
    const trend = (1 + growthPerYear) ** (day / 365.25);
    return part * trend * (months?.[date.getUTCMonth()] ?? 1) * (weekdays?.[date.getUTCDay()] ?? 1);
  });
  const byDay = cumulate(dayWeights);
  const byHour = cumulate(Array.from({ length: 24 }, (_, hour) => hours?.[hour] ?? 1));

  return (position) => {
    const [day, inDay] = locate(byDay, position);
    const start = firstDay + day * dayMs;
    const [hour, inHour] = locate(byHour, inDay);
    // The times of the first and the last day are compressed into the part of the day that the calendar covers.
    const lower = Math.max(start, fromMs);
    const length = Math.min(start + dayMs, toMs) - lower;
    return Math.floor(lower + ((hour + inHour) / 24) * length);
  };
}

/** The bin that the position falls into, and where in the bin, 0 to 1. */
function locate(cumulative: Float64Array, position: number): [bin: number, within: number] {
  const x = position * (cumulative.at(-1) as number);
  const bin = firstAbove(cumulative, x);
  const before = bin === 0 ? 0 : (cumulative[bin - 1] as number);
  const width = (cumulative[bin] as number) - before;
  return [bin, width > 0 ? Math.min((x - before) / width, 1 - 2 ** -32) : 0];
}
