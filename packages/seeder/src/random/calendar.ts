import { cumulate, firstAbove } from './choice.ts';

const DAY_MS = 86_400_000;

export interface CalendarOptions {
  /** First moment, in ms since 1970 UTC; its UTC day is the first one. */
  fromMs: number;
  /** The moment that all times stay below. */
  toMs: number;
  /** How much more a day a year later has: 0.3 is 30 % growth a year. Default 0. */
  growthPerYear?: number;
  /** Weights of January to December. Default: all alike. */
  months?: readonly number[];
  /** Weights of Sunday to Saturday. Default: all alike. */
  weekdays?: readonly number[];
  /** Weights of the 24 hours of a UTC day. Default: all alike. */
  hours?: readonly number[];
}

/**
 * Moments with a season: maps a position of 0 (included) to 1 (excluded) to a time in ms, so that equal steps of the
 * position hold equal parts of the traffic. It only rises: `at((i + draw.unit()) / n)` gives n events in order of time.
 */
export function calendar(options: CalendarOptions): (position: number) => number {
  const { fromMs, toMs, growthPerYear = 0, months, weekdays, hours } = options;
  if (!(toMs > fromMs)) throw new RangeError('A calendar ends after it starts.');
  const firstDay = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const days = Math.ceil((toMs - firstDay) / DAY_MS);

  const dayWeights = Array.from({ length: days }, (_, day) => {
    const start = firstDay + day * DAY_MS;
    const date = new Date(start);
    const part = (Math.min(start + DAY_MS, toMs) - Math.max(start, fromMs)) / DAY_MS;
    const trend = (1 + growthPerYear) ** (day / 365.25);
    return part * trend * (months?.[date.getUTCMonth()] ?? 1) * (weekdays?.[date.getUTCDay()] ?? 1);
  });
  const byDay = cumulate(dayWeights);
  const byHour = cumulate(Array.from({ length: 24 }, (_, hour) => hours?.[hour] ?? 1));

  return (position) => {
    const [day, inDay] = locate(byDay, position);
    const start = firstDay + day * DAY_MS;
    const [hour, inHour] = locate(byHour, inDay);
    // Within its day a time is squeezed into the part of the day that the calendar holds.
    const lower = Math.max(start, fromMs);
    const length = Math.min(start + DAY_MS, toMs) - lower;
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
