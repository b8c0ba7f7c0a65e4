/** The retentions that CloudWatch Logs knows, in days. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What is wrong with a retention, as a sentence; false when nothing is. */
export function logRetentionFault(days: number): string | false {
  return (
    !retentions.includes(days) && `logRetentionDays is ${days}; CloudWatch knows ${retentions.join(', ')}`
  );
}
