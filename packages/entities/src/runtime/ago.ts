/** SQL: the time `ms` before the snapshot. */
export function ago(ms: number): string {
  return `now() - interval '${Math.trunc(ms)} milliseconds'`;
}
