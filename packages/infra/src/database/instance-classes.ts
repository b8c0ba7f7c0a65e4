/** What a DB instance class has. */
export interface InstanceClass {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
}

/** Day on which the table below was last held against AWS's list of DB instance classes. */
export const instanceClassesAsOf = '2026-11-22';

const generalSizes = {
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
};

/** vCPUs, then GiB. */
const burstableSizes: Record<string, readonly [number, number]> = {
  micro: [2, 1],
  small: [2, 2],
  medium: [2, 4],
  large: [2, 8],
  xlarge: [4, 16],
  '2xlarge': [8, 32],
};

/**
 * The classes of the families t3, t4g, m5, m6g, m7g, r5, r6g and r7g.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 */
export const instanceClasses: ReadonlyMap<string, InstanceClass> = new Map(
  [
    ...['t3', 't4g'].flatMap((family) =>
      Object.entries(burstableSizes).map(([size, [vcpus, memoryGiB]]) => ({
        name: `db.${family}.${size}`,
        vcpus,
        memoryGiB,
      })),
    ),
    ...['m5', 'm6g', 'm7g', 'r5', 'r6g', 'r7g'].flatMap((family) =>
      Object.entries(generalSizes).map(([size, vcpus]) => ({
        name: `db.${family}.${size}`,
        vcpus,
        memoryGiB: vcpus * (family.startsWith('r') ? 8 : 4),
      })),
    ),
  ].map((entry) => [entry.name, entry]),
);
