/** How PostgreSQL runs: an RDS DB instance, an RDS Multi-AZ DB cluster, or Aurora. */
export type Engine = 'postgres' | 'postgres-cluster' | 'aurora-postgresql';

export type Architecture = 'arm64' | 'x86_64';

/** The generated table, in the compact form in which it is checked in. */
export interface ClassTable {
  /** Packages that carry AWS's own data, with the day of that data. */
  readonly sources: readonly TableSource[];
  /** Regions with RDS for PostgreSQL: name, and AWS's description of it. */
  readonly regions: Readonly<Record<string, string>>;
  /**
   * What the EC2 instance type of the same name has, by class: vCPUs, MiB, architecture; then, where EC2 has it, EBS
   * IOPS (16 KiB) and MB/s (10^6 bytes) that are sustained, and both at most.
   */
  readonly classes: Readonly<Record<string, ClassFigures>>;
  readonly offers: Readonly<Record<Engine, readonly Offer[]>>;
  /** Engine versions with their minor version, deprecated ones apart; separated by spaces. */
  readonly versions: Readonly<
    Record<VersionedEngine, { readonly offered: string; readonly deprecated: string }>
  >;
}

export interface TableSource {
  readonly package: string;
  readonly version: string;
  /** Day of the data in the package. */
  readonly date: string;
  readonly what: string;
}

/** Sizes of a class family and the regions that have all of them; both separated by spaces. */
export type Offer = readonly [family: string, sizes: string, regions: string];

export type ClassFigures =
  | readonly [vcpus: number, memoryMib: number, architecture: Architecture]
  | readonly [
      vcpus: number,
      memoryMib: number,
      architecture: Architecture,
      baselineIops: number,
      baselineMegabytesPerSecond: number,
      maxIops: number,
      maxMegabytesPerSecond: number,
    ];

/** Multi-AZ DB clusters have the versions of `postgres`. */
export type VersionedEngine = Exclude<Engine, 'postgres-cluster'>;
