import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { backupWindowFault, maintenanceWindowFault, windowsMeet } from './windows.ts';

test.each([
  { window: '02:00-02:29', fault: /shorter than the 30 minutes/ },
  { window: '2:00-3:00', fault: /is not hh:mm-hh:mm/ },
  { window: '02:00', fault: /is not hh:mm-hh:mm/ },
  { window: '24:00-03:00', fault: /is not hh:mm-hh:mm/ },
])('backups at $window are refused', ({ window, fault }) => {
  expect(backupWindowFault(window)).toMatch(fault);
});

test.each([
  { window: 'sun:03:30-sun:03:59', fault: /shorter than the 30 minutes/ },
  { window: '03:30-04:30', fault: /is not ddd:hh:mm/ },
  { window: 'son:03:30-son:04:30', fault: /is not ddd:hh:mm/ },
])('maintenance at $window is refused', ({ window, fault }) => {
  expect(maintenanceWindowFault(window)).toMatch(fault);
});

test('half an hour is enough, over midnight too', () => {
  for (const window of ['02:00-02:30', '23:45-00:15']) expect(backupWindowFault(window)).toBeUndefined();
  for (const window of ['sun:03:30-sun:04:00', 'sat:23:45-sun:00:15', 'Sun:03:30-Sun:04:30'])
    expect(maintenanceWindowFault(window)).toBeUndefined();
});

/** The minutes of a week in which a window is open, one by one. */
function minutes(from: number, length: number, everyDay: boolean): Set<number> {
  const week = 7 * 1440;
  const starts = everyDay ? [0, 1, 2, 3, 4, 5, 6].map((day) => from + day * 1440) : [from];
  return new Set(starts.flatMap((start) => Array.from({ length }, (_, minute) => (start + minute) % week)));
}

test('windows meet exactly where they have a minute in common', () => {
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const time = (minute: number) =>
    [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const dated = (minute: number) => `${days[Math.floor(minute / 1440) % 7]}:${time(minute)}`;
  const length = fc.integer({ min: 30, max: 600 });
  fc.assert(
    fc.property(fc.nat(1439), length, fc.nat(7 * 1440 - 1), length, (backup, backs, start, lasts) => {
      const backups = minutes(backup, backs, true);
      const maintenance = minutes(start, lasts, false);
      expect(
        windowsMeet(
          `${time(backup)}-${time(backup + backs)}`,
          `${dated(start)}-${dated((start + lasts) % (7 * 1440))}`,
        ),
      ).toBe([...maintenance].some((minute) => backups.has(minute)));
    }),
  );
});
