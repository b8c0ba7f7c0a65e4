import { classTable } from './class-table.generated.ts';
import type { Architecture, ClassFigures } from './class-table.ts';
import { type CpuCredits, documentedCredits, documentedSize } from './documented-figures.ts';
import { classNames } from './offers.ts';

/**
 * The figures of a DB instance class. A figure that no source has is undefined: who needs it has to say so.
 * All figures are undefined for `db.serverless`, whose size changes.
 */
export interface InstanceClass {
  /** `db.m8g.large`. */
  readonly name: string;
  readonly vcpus: number | undefined;
  readonly memoryGib: number | undefined;
  readonly architecture: Architecture | undefined;
  /** Of the EC2 instance type of the same name. */
  readonly ebs: EbsPerformance | undefined;
  /** Of db.t3 and db.t4g alone. */
  readonly cpuCredits: CpuCredits | undefined;
}

/** The EBS performance of a class. Where maximum and baseline differ, it can keep the maximum for 30 minutes a day. */
export interface EbsPerformance {
  /** 16 KiB operations a second that the class sustains. */
  readonly baselineIops: number;
  /** MB/s (10^6 bytes) that the class sustains. */
  readonly baselineMegabytesPerSecond: number;
  readonly maxIops: number;
  readonly maxMegabytesPerSecond: number;
}

/**
 * The figures of a class.
 *
 * @returns undefined for a class that neither RDS nor Aurora has for PostgreSQL, in any region
 * @example
 * ```ts
 * import { instanceClass } from '@ecommerce-dms/rds-classes';
 *
 * console.log(instanceClass('db.m7g.large')?.memoryGib); // 8
 * ```
 */
export function instanceClass(name: string): InstanceClass | undefined {
  return classNames.has(name) ? figuresOf(name) : undefined;
}

export function figuresOf(name: string): InstanceClass {
  const figures: ClassFigures | undefined = classTable.classes[name];
  const size = figures === undefined ? documentedSize(name) : sizeOf(figures);
  return {
    name,
    vcpus: size?.vcpus,
    memoryGib: size?.memoryGib,
    architecture: size?.architecture,
    ebs: figures === undefined ? undefined : ebsOf(figures),
    cpuCredits: documentedCredits(name),
  };
}

function sizeOf([vcpus, memoryMib, architecture]: ClassFigures) {
  return { vcpus, memoryGib: memoryMib / 1024, architecture };
}

function ebsOf(figures: ClassFigures): EbsPerformance | undefined {
  if (figures.length === 3) return undefined;
  const [, , , baselineIops, baselineMegabytesPerSecond, maxIops, maxMegabytesPerSecond] = figures;
  return { baselineIops, baselineMegabytesPerSecond, maxIops, maxMegabytesPerSecond };
}
