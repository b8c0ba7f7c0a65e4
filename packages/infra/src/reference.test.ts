import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { backupSettings } from './backups/backup-settings.ts';
import { auroraSettings, multiAzSettings } from './cluster/cluster-settings.ts';
import { databaseSettings } from './database/database-settings.ts';
import { dnsSettings } from './dns/dns-settings.ts';
import { wholeEnvironmentSettings } from './environment-settings.ts';
import { networkSettings } from './network/network-settings.ts';
import { proxySettings } from './proxy/proxy-settings.ts';
import { replicaRegionSettings } from './replica-settings.ts';
import { rotationSettings } from './secrets/rotation-settings.ts';

const reference = readFileSync(new URL('../../../docs/reference/infra.md', import.meta.url), 'utf8');

/** The section of a heading. */
function section(heading: string): string {
  const text = reference.split(/^### /m).find((part) => part.startsWith(`${heading}\n`));
  if (text === undefined) throw new Error(`The reference has no section ${heading}.`);
  return text;
}

/** What a section's table names in its columns of options: in backquotes, before the default. */
function tableOptions(text: string): string[] {
  const rows = text.match(/^\|.*$/gm) ?? [];
  const header = rows[0]?.split('|').map((cell) => cell.trim()) ?? [];
  const column = header.indexOf('option');
  return rows.slice(2).flatMap((row) => names(row.split('|')[column] ?? ''));
}

function names(text: string): string[] {
  return Array.from(text.matchAll(/`(\w+)`/g), ([, name = '']) => name);
}

/** Keys of a schema, at any depth. */
function keysOf(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => [key, ...keysWithin(field)]);
}

function keysWithin(field: unknown): string[] {
  if (typeof field !== 'object' || field === null) return [];
  if ('shape' in field) return keysOf(field as z.ZodObject);
  return 'unwrap' in field ? keysWithin((field.unwrap as () => unknown).call(field)) : [];
}

const site = ['name', 'network', 'encryption', 'databaseName', 'logRetentionDays'];
/** By section: the options of an environment, and those of the construct alone. */
const options: readonly (readonly [string, z.ZodObject, readonly string[]])[] = [
  [
    'DatabaseEnvironment',
    wholeEnvironmentSettings,
    ['name', 'databaseName', 'zones', 'alertEmails', 'users', 'monthlyBudgetUsd'],
  ],
  [
    'Network',
    networkSettings.omit({ zoneCount: true, existing: true }),
    ['name', 'zones', 'encryption', 'logRetentionDays'],
  ],
  ['PostgresInstance', databaseSettings, site],
  [
    'Backups, BackupVault',
    backupSettings.omit({ copyToRegion: true }),
    ['name', 'encryption', 'database', 'copyTo', 'forceDestroy'],
  ],
  [
    'AwsRegion, ReplicaRegion, CrossRegionReplica',
    replicaRegionSettings.omit({ region: true }),
    ['name', 'source', 'encryption', 'network'],
  ],
  ['Dns', dnsSettings, ['vpcId', 'database']],
  ['Proxy', proxySettings, []],
];

test.each(options)('the table of %s has the options that there are', (heading, schema, ofConstruct) => {
  const known = [...Object.keys(schema.shape), ...ofConstruct];
  expect(tableOptions(section(heading)).toSorted()).toEqual(known.toSorted());
});

test.each(options)('%s says what is within its options', (heading, schema) => {
  // The options of an environment are described with their constructs.
  const within = heading === 'DatabaseEnvironment' ? [] : keysOf(schema);
  const text = section(heading);
  for (const key of within) expect(text, key).toMatch(new RegExp(`\\b${key}\\b`));
});

test('PostgresCluster has what an instance has not', () => {
  const text = section('PostgresCluster');
  const own = [...keysOf(auroraSettings), ...keysOf(multiAzSettings)].filter(
    (key) => key !== 'mode' && !(key in databaseSettings.shape),
  );
  for (const key of own) expect(names(text), key).toContain(key);
  const known = new Set([...Object.keys(auroraSettings.shape), ...Object.keys(multiAzSettings.shape)]);
  expect(tableOptions(text).filter((option) => !known.has(option))).toEqual([]);
});

test('PasswordRotation has its interval', () => {
  for (const key of keysOf(rotationSettings)) expect(section('PasswordRotation')).toContain(key);
});
