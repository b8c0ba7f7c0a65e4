/* oxlint-disable unicorn/no-thenable -- the rules of cfn-lint are JSON Schema, which has `then` */
import { expect, test } from 'vitest';
import { type AwsData, buildTable, type RulesByRegion } from './build-table.ts';

/** Rules in the form of cfn-lint. */
function rules(property: string, byRegion: Record<string, Record<string, string[]>>): RulesByRegion {
  return Object.fromEntries(
    Object.entries(byRegion).map(([region, byEngine]) => [
      region,
      {
        allOf: Object.entries(byEngine).map(([engine, names]) => ({
          if: { properties: { Engine: { const: engine } } },
          then: { properties: { [property]: { enum: names } } },
        })),
      },
    ]),
  );
}

function instanceType(vcpus: number, memoryMib: number, architectures: string[], ebs = true) {
  return {
    VCpuInfo: { DefaultVCpus: vcpus },
    MemoryInfo: { SizeInMiB: memoryMib },
    ProcessorInfo: { SupportedArchitectures: architectures },
    EbsInfo: ebs
      ? {
          EbsOptimizedInfo: {
            BaselineIops: 1,
            BaselineThroughputInMBps: 2.5,
            MaximumIops: 3,
            MaximumThroughputInMBps: 4,
          },
        }
      : {},
  };
}

const data: AwsData = {
  instanceClasses: rules('DBInstanceClass', {
    'eu-west-1': {
      postgres: ['db.m9g.10xlarge', 'db.m9g.2xlarge', 'db.m9g.large', 'db.t1.micro', 'db.z1.large'],
      mysql: ['db.q1.large'],
      'aurora-postgresql': ['db.serverless'],
    },
    'ap-east-1': { postgres: ['db.m9g.large', 'db.t1.micro'], 'aurora-postgresql': [] },
  }),
  clusterClasses: rules('DBClusterInstanceClass', { 'eu-west-1': { postgres: ['db.m9g.large'] } }),
  versions: {
    allOf: [
      {
        if: { properties: { Engine: { const: 'postgres' } } },
        then: { properties: { EngineVersion: { enum: ['18', '18.10', '18.9', '9.6.1'] } } },
      },
    ],
  },
  deprecatedVersions: {
    allOf: [
      {
        if: { properties: { Engine: { const: 'postgres' }, EngineVersion: { enum: ['9.6.1'] } } },
        then: false,
      },
    ],
  },
  instanceTypes: {
    'm9g.large': instanceType(2, 8192, ['arm64']),
    'm9g.2xlarge': instanceType(8, 32_768, ['arm64']),
    'm9g.10xlarge': instanceType(40, 163_840, ['arm64']),
    't1.micro': instanceType(1, 627, ['i386', 'x86_64'], false),
    'q1.large': instanceType(2, 8192, ['x86_64']),
  },
  regionDescriptions: {
    'eu-west-1': 'Europe (Ireland)',
    'ap-east-1': 'Asia Pacific (Hong Kong)',
    'aws-global': '',
  },
};

test('the table has the classes of PostgreSQL alone, sizes by size, regions that agree on one line', () => {
  expect(buildTable(data)).toEqual({
    regions: { 'ap-east-1': 'Asia Pacific (Hong Kong)', 'eu-west-1': 'Europe (Ireland)' },
    classes: {
      'db.m9g.large': [2, 8192, 'arm64', 1, 2.5, 3, 4],
      'db.m9g.2xlarge': [8, 32_768, 'arm64', 1, 2.5, 3, 4],
      'db.m9g.10xlarge': [40, 163_840, 'arm64', 1, 2.5, 3, 4],
      'db.t1.micro': [1, 627, 'x86_64'],
    },
    offers: {
      postgres: [
        ['m9g', 'large', 'ap-east-1 eu-west-1'],
        ['m9g', '2xlarge 10xlarge', 'eu-west-1'],
        ['t1', 'micro', 'ap-east-1 eu-west-1'],
        ['z1', 'large', 'eu-west-1'],
      ],
      'postgres-cluster': [['m9g', 'large', 'eu-west-1']],
      'aurora-postgresql': [['serverless', '', 'eu-west-1']],
    },
    versions: {
      postgres: { offered: '18.9 18.10', deprecated: '9.6.1' },
      'aurora-postgresql': { offered: '', deprecated: '' },
    },
  });
});

test('the same data in another order gives the same text', () => {
  const turned = rules('DBInstanceClass', {
    'ap-east-1': { 'aurora-postgresql': [], postgres: ['db.t1.micro', 'db.m9g.large'] },
    'eu-west-1': {
      'aurora-postgresql': ['db.serverless'],
      postgres: ['db.z1.large', 'db.t1.micro', 'db.m9g.large', 'db.m9g.2xlarge', 'db.m9g.10xlarge'],
    },
  });
  expect(JSON.stringify(buildTable({ ...data, instanceClasses: turned }))).toBe(
    JSON.stringify(buildTable(data)),
  );
});
