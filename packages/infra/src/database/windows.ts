const minutesPerDay = 24 * 60;
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What is wrong with a window of each day, `02:00-03:00`. */
export function backupWindowFault(window: string): string | undefined {
  const [from, to] = window.split('-').map(minuteOfDay);
  return windowFault(from, to, minutesPerDay, 'hh:mm-hh:mm in UTC, such as 02:00-03:00');
}

/** What is wrong with a window of each week, `sun:03:30-sun:04:30`. */
export function maintenanceWindowFault(window: string): string | undefined {
  const [from, to] = window.split('-').map(minuteOfWeek);
  return windowFault(from, to, 7 * minutesPerDay, 'ddd:hh:mm-ddd:hh:mm in UTC, such as sun:03:30-sun:04:30');
}

function windowFault(
  from: number | undefined,
  to: number | undefined,
  period: number,
  form: string,
): string | undefined {
  if (from === undefined || to === undefined) return `is not ${form}`;
  return lengthOf(from, to, period) < 30 ? 'is shorter than the 30 minutes that RDS needs' : undefined;
}

/** Whether a backup window meets a maintenance window, which RDS refuses. Both are well formed. */
export function windowsMeet(backupWindow: string, maintenanceWindow: string): boolean {
  const [backupFrom = 0, backupTo = 0] = backupWindow.split('-').map(minuteOfDay);
  const [from = 0, to = 0] = maintenanceWindow.split('-').map(minuteOfWeek);
  const length = lengthOf(from, to, 7 * minutesPerDay);
  // Until the next backup begins, and since the last one began.
  const untilNext = lengthOf(from % minutesPerDay, backupFrom, minutesPerDay) % minutesPerDay;
  const sinceLast = (minutesPerDay - untilNext) % minutesPerDay;
  return untilNext < length || sinceLast < lengthOf(backupFrom, backupTo, minutesPerDay);
}

/** Minutes from one to the other, which may lie past the end of the period; a whole period from one to itself. */
function lengthOf(from: number, to: number, period: number): number {
  return (to - from + period) % period || period;
}

function minuteOfDay(time: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

function minuteOfWeek(time: string): number | undefined {
  const day = days.indexOf(time.slice(0, 3).toLowerCase());
  const minute = time[3] === ':' ? minuteOfDay(time.slice(4)) : undefined;
  return day < 0 || minute === undefined ? undefined : day * minutesPerDay + minute;
}
