import type { ClassFigures, ClassTable, Offer, VersionedEngine } from '../src/class-table.ts';

/** Rules of cfn-lint: `if` names the engine, `then` what it allows. */
interface Rules {
  readonly allOf: readonly {
    readonly if: { readonly properties: Readonly<Record<string, { const?: string; enum?: string[] }>> };
    readonly then: false | { readonly properties: Readonly<Record<string, { enum?: string[] }>> };
  }[];
}

export type RulesByRegion = Readonly<Record<string, Rules>>;

/** What EC2's DescribeInstanceTypes says, as far as we read it. */
export interface InstanceType {
  readonly VCpuInfo: { readonly DefaultVCpus: number };
  readonly MemoryInfo: { readonly SizeInMiB: number };
  readonly ProcessorInfo: { readonly SupportedArchitectures: readonly string[] };
  readonly EbsInfo: {
    readonly EbsOptimizedInfo?: {
      readonly BaselineIops: number;
      readonly BaselineThroughputInMBps: number;
      readonly MaximumIops: number;
      readonly MaximumThroughputInMBps: number;
    };
  };
}

/** AWS's data as the packages carry it. */
export interface AwsData {
  readonly instanceClasses: RulesByRegion;
  readonly clusterClasses: RulesByRegion;
  readonly versions: Rules;
  readonly deprecatedVersions: Rules;
  readonly instanceTypes: Readonly<Record<string, InstanceType>>;
  /** Descriptions of all regions, by name. */
  readonly regionDescriptions: Readonly<Record<string, string>>;
}

/** Everything of the table but its sources. The same data gives the same table, in the same order. */
export function buildTable(data: AwsData): Omit<ClassTable, 'sources'> {
  const instances = classesByRegion(data.instanceClasses, 'DBInstanceClass', 'postgres');
  const clusters = classesByRegion(data.clusterClasses, 'DBClusterInstanceClass', 'postgres');
  const aurora = classesByRegion(data.instanceClasses, 'DBInstanceClass', 'aurora-postgresql');
  const names = new Set([instances, clusters, aurora].flatMap((byRegion) => [...byRegion.values()].flat()));
  return {
    regions: Object.fromEntries(
      [...instances.keys()].map((region) => [region, data.regionDescriptions[region] ?? region]),
    ),
    classes: Object.fromEntries(
      [...names].toSorted(byFamilyAndSize).flatMap((name) => {
        const type = data.instanceTypes[name.replace('db.', '')];
        return type === undefined ? [] : [[name, figures(type)]];
      }),
    ),
    offers: {
      postgres: offers(instances),
      'postgres-cluster': offers(clusters),
      'aurora-postgresql': offers(aurora),
    },
    versions: {
      postgres: versions(data, 'postgres'),
      'aurora-postgresql': versions(data, 'aurora-postgresql'),
    },
  };
}

function classesByRegion(
  byRegion: RulesByRegion,
  property: string,
  engine: string,
): Map<string, readonly string[]> {
  const found = Object.entries(byRegion).map(([region, rules]) => {
    const ofEngine = rules.allOf.filter((rule) => rule.if.properties['Engine']?.const === engine);
    return [region, [...new Set(ofEngine.flatMap((rule) => allowed(rule.then, property)))]] as const;
  });
  return new Map(found.filter(([, classes]) => classes.length > 0).toSorted(([a], [b]) => compare(a, b)));
}

function allowed(then: Rules['allOf'][number]['then'], property: string): string[] {
  return then === false ? [] : (then.properties[property]?.enum ?? []);
}

/** A line for each family and the regions that have the same sizes of it. */
function offers(classes: ReadonlyMap<string, readonly string[]>): Offer[] {
  const regionsOf = new Map<string, string[]>();
  for (const [region, names] of classes) {
    for (const name of names) regionsOf.set(name, [...(regionsOf.get(name) ?? []), region]);
  }
  const lines = Map.groupBy(
    [...regionsOf.keys()].toSorted(byFamilyAndSize),
    (name) => `${familyAndSize(name)[0]}: ${regionsOf.get(name)?.join(' ')}`,
  );
  return [...lines].map(([line, names]) => {
    const [family = '', regions = ''] = line.split(': ');
    return [family, names.map((name) => familyAndSize(name)[1]).join(' '), regions];
  });
}

function figures(type: InstanceType): ClassFigures {
  const { DefaultVCpus: vcpus } = type.VCpuInfo;
  // The oldest types also run 32-bit systems; RDS does not.
  const architecture = type.ProcessorInfo.SupportedArchitectures.includes('arm64') ? 'arm64' : 'x86_64';
  const { EbsOptimizedInfo: ebs } = type.EbsInfo;
  const base = [vcpus, type.MemoryInfo.SizeInMiB, architecture] as const;
  if (ebs === undefined) return base;
  return [
    ...base,
    ebs.BaselineIops,
    ebs.BaselineThroughputInMBps,
    ebs.MaximumIops,
    ebs.MaximumThroughputInMBps,
  ];
}

function versions(data: AwsData, engine: VersionedEngine): { offered: string; deprecated: string } {
  const ofEngine = (rules: Rules) =>
    rules.allOf.filter((rule) => rule.if.properties['Engine']?.const === engine);
  const all = ofEngine(data.versions).flatMap((rule) => allowed(rule.then, 'EngineVersion'));
  const deprecated = new Set(
    ofEngine(data.deprecatedVersions).flatMap((rule) => rule.if.properties['EngineVersion']?.enum ?? []),
  );
  // `18` is no version, but asks for the newest of 18.
  const minor = all.filter((version) => version.includes('.')).toSorted(byNumbers);
  return {
    offered: minor.filter((version) => !deprecated.has(version)).join(' '),
    deprecated: minor.filter((version) => deprecated.has(version)).join(' '),
  };
}

function familyAndSize(name: string): [family: string, size: string] {
  const [, family = '', size = ''] = name.split('.');
  return [family, size];
}

function byFamilyAndSize(a: string, b: string): number {
  const [[familyA, sizeA], [familyB, sizeB]] = [familyAndSize(a), familyAndSize(b)];
  return compare(familyA, familyB) || sizeRank(sizeA) - sizeRank(sizeB) || compare(sizeA, sizeB);
}

function sizeRank(size: string): number {
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  return times === undefined
    ? ['micro', 'small', 'medium', 'large', 'xlarge'].indexOf(size)
    : 4 + Number(times);
}

function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
