import { instanceClasses } from './instance-classes.ts';

/**
 * The highest max_connections that RDS itself would choose for a memory: LEAST(memory / 9531392, 5000).
 *
 * @param memoryGiB of the class
 */
export function connectionsCeiling(memoryGiB: number): number {
  return Math.min(5000, Math.floor((memoryGiB * 2 ** 30) / 9_531_392));
}

/**
 * The max_connections of a memory unless the user chooses: 100 for each GiB, at most 5000.
 *
 * It stays below RDS's own formula, because the memory that the formula sees is less than the nominal one. A value
 * set on purpose is a value that an alarm can be derived from.
 *
 * @param memoryGiB of the class
 */
export function usualConnections(memoryGiB: number): number {
  return Math.min(5000, memoryGiB * 100);
}

/**
 * The highest max_connections that RDS itself would choose for a class.
 *
 * @returns undefined for a class that the table does not have
 */
export function maxConnectionsCeiling(instanceClass: string): number | undefined {
  const known = instanceClasses.get(instanceClass);
  return known === undefined ? undefined : connectionsCeiling(known.memoryGiB);
}

/**
 * The max_connections of a class unless the user chooses: 100 for each GiB, at most 5000.
 *
 * @returns undefined for a class that the table does not have
 */
export function defaultMaxConnections(instanceClass: string): number | undefined {
  const known = instanceClasses.get(instanceClass);
  return known === undefined ? undefined : usualConnections(known.memoryGiB);
}
