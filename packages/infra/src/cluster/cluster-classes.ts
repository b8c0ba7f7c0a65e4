/** What the classes that clusters can have are made of. */
const multiAzFamilies = ['c6gd', 'm5d', 'm6gd', 'm6id', 'm6idn', 'r5d', 'r6gd', 'r6id', 'r6idn', 'x2iedn'];
const auroraFamilies = ['r5', 'r6g', 'r6gd', 'r6i', 'r6id', 'r7g', 'r7i', 'r8g', 'x2g', 't3', 't4g'];

/** GiB for each vCPU. */
const memoryPerVcpu: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, x2g: 16, x2iedn: 32 };
/** The burstable classes that Aurora has, with their GiB. */
const burstableGiB: Readonly<Record<string, number>> = { medium: 4, large: 8 };

/**
 * Memory of a class that a Multi-AZ DB cluster can have: those with local SSDs.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
 *
 * @returns GiB, or undefined for another class
 */
export function multiAzMemoryGiB(instanceClass: string): number | undefined {
  return memoryGiB(instanceClass, multiAzFamilies);
}

/**
 * Memory of a provisioned class that Aurora PostgreSQL can have.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
 *
 * @returns GiB, or undefined for another class
 */
export function auroraMemoryGiB(instanceClass: string): number | undefined {
  return memoryGiB(instanceClass, auroraFamilies);
}

/** The families, for an error. */
export const classFamilies = {
  'multi-az': multiAzFamilies.map((family) => `db.${family}`).join(', '),
  aurora: auroraFamilies.map((family) => `db.${family}`).join(', '),
};

function memoryGiB(instanceClass: string, families: readonly string[]): number | undefined {
  const [, family = '', size = ''] = /^db\.(\w+)\.(\w+)$/.exec(instanceClass) ?? [];
  if (!families.includes(family)) return undefined;
  if (family.startsWith('t')) return burstableGiB[size];
  const vcpus = vcpusOf(size, family);
  return vcpus === undefined
    ? undefined
    : vcpus * (memoryPerVcpu[family] ?? memoryPerVcpu[family.charAt(0)] ?? Number.NaN);
}

/** `medium` is a size of c6gd alone. */
function vcpusOf(size: string, family: string): number | undefined {
  if (size === 'medium') return family === 'c6gd' ? 1 : undefined;
  if (size === 'large') return 2;
  const times = /^(\d{0,2})xlarge$/.exec(size)?.[1];
  return times === undefined ? undefined : 4 * Number(times === '' ? 1 : times);
}
