/** CPU credits of a burstable class. */
export interface CpuCredits {
  /** Credits (vCPU-minutes) earned an hour. */
  readonly perHour: number;
  /** The most that can be saved up: a day of earning. */
  readonly maxBalance: number;
  /** Share of a vCPU that the earned credits sustain, in percent, for each vCPU. */
  readonly baselinePercent: number;
}

/** What AWS's documentation says and no package carries. */
export const documentedSources = [
  {
    url: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html',
    date: '2026-11-22',
    what: 'vCPUs and memory of db.x2g, which has no EC2 instance type of its name',
  },
  {
    url: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html',
    date: '2026-11-22',
    what: 'CPU credits of db.t3 and db.t4g',
  },
] as const;

/** vCPUs of db.x2g by size; each has 16 GiB. */
const x2gVcpus: Readonly<Record<string, number>> = {
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
};

/** The same for t3 and t4g. */
const creditsBySize: Readonly<Record<string, CpuCredits>> = {
  micro: { perHour: 12, maxBalance: 288, baselinePercent: 10 },
  small: { perHour: 24, maxBalance: 576, baselinePercent: 20 },
  medium: { perHour: 24, maxBalance: 576, baselinePercent: 20 },
  large: { perHour: 36, maxBalance: 864, baselinePercent: 30 },
  xlarge: { perHour: 96, maxBalance: 2304, baselinePercent: 40 },
  '2xlarge': { perHour: 192, maxBalance: 4608, baselinePercent: 40 },
};

export function documentedSize(
  name: string,
): { vcpus: number; memoryGib: number; architecture: 'arm64' } | undefined {
  const [, family, size = ''] = name.split('.');
  const vcpus = family === 'x2g' ? x2gVcpus[size] : undefined;
  return vcpus === undefined ? undefined : { vcpus, memoryGib: vcpus * 16, architecture: 'arm64' };
}

export function documentedCredits(name: string): CpuCredits | undefined {
  const [, family = '', size = ''] = name.split('.');
  return ['t3', 't4g'].includes(family) ? creditsBySize[size] : undefined;
}
