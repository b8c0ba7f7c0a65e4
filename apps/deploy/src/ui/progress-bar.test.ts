import { expect, test } from 'vitest';
import { progressBar } from './progress-bar.ts';

test.each([
  {
    progress: { done: 37_500, total: 150_000, ratePerSecond: 81_000.4, secondsLeft: 1.39 },
    text: '[######------------------]  25 % 37,500 of 150,000 rows, 81,000/s, 2 s left',
  },
  {
    progress: { done: 0, total: 0, ratePerSecond: 0, secondsLeft: undefined },
    text: '[------------------------]   0 % 0 of 0 rows, 0/s',
  },
  // The total is an estimate: more rows than expected do not overflow the bar.
  {
    progress: { done: 11, total: 10, ratePerSecond: 5, secondsLeft: -0.2 },
    text: '[########################] 100 % 11 of 10 rows, 5/s, 0 s left',
  },
])('$text', ({ progress, text }) => {
  expect(progressBar(progress)).toBe(text);
});
