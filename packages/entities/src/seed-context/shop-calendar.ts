import { calendar } from '@ecommerce-dms/seeder';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** How far back the data goes: two years, so that each season is there twice. */
const historyDays = 730;
const growthPerYear = 0.35;
/** January to December: quiet after the holidays, a peak in November and December. */
const months = [0.85, 0.8, 0.9, 0.95, 1, 0.95, 0.9, 0.95, 1, 1.1, 1.6, 1.7];
/** Sunday to Saturday. */
const weekdays = [1.15, 1.1, 1, 0.95, 0.95, 0.9, 1];
/** Hours of a UTC day for buyers in the Americas. */
const hours = [
  1.4, 1.3, 1.1, 0.9, 0.6, 0.4, 0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1, 1.2, 1.3, 1.4, 1.4, 1.4, 1.4, 1.3, 1.4,
  1.5, 1.5,
];

/**
 * The last order is that old: a card has been charged or refused by then, and a hold of half an hour is over. Nothing
 * in the data waits for an answer that will never come.
 */
const quietMs = hourMs;

/** From a position of 0 to 1 in the shop's history to a moment in ms; equal steps hold equal traffic. */
export function shopCalendar(atMs: number): (position: number) => number {
  return calendar({
    fromMs: atMs - historyDays * dayMs,
    toMs: atMs - quietMs,
    growthPerYear,
    months,
    weekdays,
    hours,
  });
}
