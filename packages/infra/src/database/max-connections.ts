import { instanceClass } from '@ecommerce-dms/rds-classes';
import { isWholeBetween } from '../faults.ts';

/**
 * The highest max_connections that RDS itself would choose for a memory: LEAST(memory / 9531392, 5000). It is the
 * default of RDS's parameter groups, as a dump of one shows it (read 2026-11), and as the user guide has it:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 *
 * @param memoryGib of the class
 */
export function connectionsCeiling(memoryGib: number): number {
  return Math.min(5000, Math.floor((memoryGib * 2 ** 30) / 9_531_392));
}

/**
 * What is wrong with a max_connections.
 *
 * @param ceiling the most that the memory allows; undefined where the memory is not known
 * @param owner what has the memory, with its verb: `db.m7g.large has`
 */
export function maxConnectionsFault(
  maxConnections: number,
  ceiling: number | undefined,
  owner: string,
): string | false {
  return (
    ceiling !== undefined &&
    !isWholeBetween(maxConnections, 6, ceiling) &&
    `maxConnections is ${maxConnections}; ${owner} memory for 6 to ${ceiling}`
  );
}

/**
 * The highest max_connections that RDS itself would choose for a class.
 *
 * @returns undefined for a class whose memory is not known
 */
export function maxConnectionsCeiling(className: string): number | undefined {
  const memoryGib = instanceClass(className)?.memoryGib;
  return memoryGib === undefined ? undefined : connectionsCeiling(memoryGib);
}

/**
 * The max_connections of a class unless the user chooses: 100 for each GiB, at most 5000.
 *
 * It stays below RDS's own formula, because the memory that the formula sees is less than the nominal one. A value
 * set on purpose is a value that an alarm can be derived from.
 *
 * @returns undefined for a class whose memory is not known
 */
export function defaultMaxConnections(className: string): number | undefined {
  const memoryGib = instanceClass(className)?.memoryGib;
  return memoryGib === undefined ? undefined : Math.min(5000, Math.floor(memoryGib * 100));
}
