import { calendar } from '@ecommerce-dms/seeder';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How far back the data goes: two years, so that each season is there twice. */
const HISTORY_DAYS = 730;
const GROWTH_PER_YEAR = 0.35;
/** January to December: quiet after the holidays, a peak in November and December. */
const MONTHS = [0.85, 0.8, 0.9, 0.95, 1, 0.95, 0.9, 0.95, 1, 1.1, 1.6, 1.7];
/** Sunday to Saturday. */
const WEEKDAYS = [1.15, 1.1, 1, 0.95, 0.95, 0.9, 1];
/** Hours of a UTC day for buyers in the Americas. */
const HOURS = [
  1.4, 1.3, 1.1, 0.9, 0.6, 0.4, 0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1, 1.2, 1.3, 1.4, 1.4, 1.4, 1.4, 1.3, 1.4,
  1.5, 1.5,
];

/**
 * The last order is that old: a card has been charged or refused by then, and a hold of half an hour is over. Nothing
 * in the data waits for an answer that will never come.
 */
const QUIET_MS = HOUR_MS;

/** From a position of 0 to 1 in the shop's history to a moment in ms; equal steps hold equal traffic. */
export function shopCalendar(atMs: number): (position: number) => number {
  return calendar({
    fromMs: atMs - HISTORY_DAYS * DAY_MS,
    toMs: atMs - QUIET_MS,
    growthPerYear: GROWTH_PER_YEAR,
    months: MONTHS,
    weekdays: WEEKDAYS,
    hours: HOURS,
  });
}
