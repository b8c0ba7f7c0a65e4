// Renews src/class-table.generated.ts from the newest packages that carry AWS's data; with --check it holds the file
// against the packages that it names, and ends with 1 where it is not what they give.
import { readFileSync, writeFileSync } from 'node:fs';
import { classTable } from '../src/class-table.generated.ts';
import type { ClassTable } from '../src/class-table.ts';
import { type AwsPackage, withAwsPackages } from './aws-packages.ts';
import { type AwsData, buildTable } from './build-table.ts';
import { renderTable } from './render-table.ts';

const rules = 'cfnlint/data/schemas/extensions';
/** The packages, with the file whose day is the day of the data. */
const sources = [
  {
    package: 'cfn-lint',
    file: `${rules}/aws_rds_dbinstance/dbinstanceclass_enum.json`,
    what: 'classes by region and engine, engine versions: the answers of DescribeOrderableDBInstanceOptions',
  },
  {
    package: 'moto',
    file: 'moto/ec2/resources/instance_types.json.gz',
    what: 'vCPUs, memory, architecture, EBS: the answers of DescribeInstanceTypes',
  },
  { package: 'botocore', file: 'botocore/data/partitions.json', what: 'regions: endpoints of the AWS SDK' },
] as const;

const target = new URL('../src/class-table.generated.ts', import.meta.url);
const checking = process.argv.includes('--check');
const wanted = checking
  ? classTable.sources.map((one) => `${one.package}==${one.version}`)
  : sources.map((one) => one.package);
const table = withAwsPackages(wanted, readTable);
const text = renderTable(table);

if (!checking) {
  writeFileSync(target, text);
  console.log(
    `Renewed from ${table.sources.map((one) => `${one.package} ${one.version} (${one.date})`).join(', ')}.`,
  );
} else if (readFileSync(target, 'utf8') === text) {
  console.log(`The table is what ${wanted.join(', ')} give.`);
} else {
  console.error(
    `The table is not what ${wanted.join(', ')} give: run 'pnpm --filter @ecommerce-dms/rds-classes renew'.`,
  );
  process.exitCode = 1;
}

function readTable(packages: readonly AwsPackage[]): ClassTable {
  const find = (name: string) => {
    const found = packages.find((one) => one.name === name);
    if (found === undefined) throw new Error(`pip did not bring ${name}.`);
    return found;
  };
  const [cfnLint, moto, botocore] = [find('cfn-lint'), find('moto'), find('botocore')];
  const data = {
    instanceClasses: cfnLint.json(sources[0].file),
    clusterClasses: cfnLint.json(`${rules}/aws_rds_dbcluster/dbclusterinstanceclass_enum.json`),
    versions: cfnLint.json(`${rules}/aws_rds_dbinstance/engine_version.json`),
    deprecatedVersions: cfnLint.json(`${rules}/aws_rds_dbinstance/engine_version_deprecated.json`),
    instanceTypes: moto.json(sources[1].file),
    regionDescriptions: regionDescriptions(botocore.json(sources[2].file)),
  } as AwsData;
  return {
    sources: sources.map(({ package: name, file, what }) => ({
      package: name,
      version: find(name).version,
      date: find(name).date(file),
      what,
    })),
    ...buildTable(data),
  };
}

function regionDescriptions(partitions: unknown): Record<string, string> {
  const all = partitions as { partitions: { regions: Record<string, { description?: string }> }[] };
  return Object.fromEntries(
    all.partitions
      .flatMap((partition) => Object.entries(partition.regions))
      .map(([name, { description }]) => [name, description ?? name]),
  );
}
