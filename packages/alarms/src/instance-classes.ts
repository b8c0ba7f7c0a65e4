/** When the table was read, and where. The EBS figures are those of the EC2 instance of the same name. */
export const instanceClassData = {
  date: '2026-11-22',
  sources: [
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html (vCPUs, memory)',
    'https://docs.aws.amazon.com/ec2/latest/instancetypes/ (EBS baselines, and the sizes that burst above them)',
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html (CPU credits)',
  ],
} as const;

/** What thresholds follow from: one RDS instance class. */
export interface InstanceClass {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  /** 16 KiB operations a second that the class sustains. */
  readonly ebsBaselineIops: number;
  /** MB/s (10^6 bytes) that the class sustains. */
  readonly ebsBaselineMegabytesPerSecond: number;
  /** The class exceeds its EBS baseline for 30 minutes a day; RDS publishes its EBS balances. */
  readonly ebsBurstable: boolean;
  /** Only of t classes: credits (vCPU-minutes) and the share of a vCPU that they sustain. */
  readonly cpuCredits?: {
    readonly perHour: number;
    readonly maxBalance: number;
    readonly baselinePercent: number;
  };
}

type Ebs = readonly [iops: number, megabytesPerSecond: number, burstable: boolean];

// size, vCPUs, GiB of m, GiB of r; EBS of m5 and r5, of m6g and r6g, of m7g and r7g
const fixedSizes: readonly (readonly [string, number, number, number, Ebs, Ebs, Ebs])[] = [
  ['large', 2, 8, 16, [3600, 81.25, true], [3600, 78.75, true], [3600, 78.75, true]],
  ['xlarge', 4, 16, 32, [6000, 143.75, true], [6000, 148.5, true], [6000, 156.25, true]],
  ['2xlarge', 8, 32, 64, [12_000, 287.5, true], [12_000, 296.875, true], [12_000, 312.5, true]],
  ['4xlarge', 16, 64, 128, [18_750, 593.75, false], [20_000, 593.75, false], [20_000, 625, true]],
  ['8xlarge', 32, 128, 256, [30_000, 850, false], [40_000, 1187.5, false], [40_000, 1250, false]],
  ['12xlarge', 48, 192, 384, [40_000, 1187.5, false], [50_000, 1781.25, false], [60_000, 1875, false]],
  ['16xlarge', 64, 256, 512, [60_000, 1700, false], [80_000, 2375, false], [80_000, 2500, false]],
];

// size, vCPUs, GiB, EBS IOPS, MB/s of t3, MB/s of t4g, credits an hour, greatest balance, baseline % of a vCPU
const burstableSizes: readonly (readonly [
  string,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
])[] = [
  ['micro', 2, 1, 500, 10.86, 8, 12, 288, 10],
  ['small', 2, 2, 1000, 21.71, 16, 24, 576, 20],
  ['medium', 2, 4, 2000, 43.43, 32, 24, 576, 20],
  ['large', 2, 8, 4000, 86.86, 64, 36, 864, 30],
  ['xlarge', 4, 16, 4000, 86.86, 128, 96, 2304, 40],
  ['2xlarge', 8, 32, 4000, 86.86, 256, 192, 4608, 40],
];

/** The classes by name: `db.t3`, `db.t4g`, `db.m5`, `db.m6g`, `db.m7g`, `db.r5`, `db.r6g`, `db.r7g`. */
export const instanceClasses: ReadonlyMap<string, InstanceClass> = new Map(
  [...burstableClasses(), ...fixedClasses()].map((instanceClass) => [instanceClass.name, instanceClass]),
);

function* burstableClasses(): Generator<InstanceClass> {
  for (const [
    size,
    vcpus,
    memoryGib,
    ebsBaselineIops,
    t3,
    t4g,
    perHour,
    maxBalance,
    percent,
  ] of burstableSizes) {
    for (const [family, ebsBaselineMegabytesPerSecond] of [
      ['t3', t3],
      ['t4g', t4g],
    ] as const) {
      yield {
        name: `db.${family}.${size}`,
        vcpus,
        memoryGib,
        ebsBaselineIops,
        ebsBaselineMegabytesPerSecond,
        ebsBurstable: true,
        cpuCredits: { perHour, maxBalance, baselinePercent: percent },
      };
    }
  }
}

function* fixedClasses(): Generator<InstanceClass> {
  for (const [size, vcpus, mGib, rGib, fifth, sixth, seventh] of fixedSizes) {
    for (const [generation, ebs] of [
      ['5', fifth],
      ['6g', sixth],
      ['7g', seventh],
    ] as const) {
      const [ebsBaselineIops, ebsBaselineMegabytesPerSecond, ebsBurstable] = ebs;
      const shared = { vcpus, ebsBaselineIops, ebsBaselineMegabytesPerSecond, ebsBurstable };
      yield { name: `db.m${generation}.${size}`, memoryGib: mGib, ...shared };
      yield { name: `db.r${generation}.${size}`, memoryGib: rGib, ...shared };
    }
  }
}
