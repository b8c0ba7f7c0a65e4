import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { DifferenceSuppression, PartitionExemption } from '@ecommerce-dms/schema-catalog';
import type { DriftOptions } from './drift-options.ts';

type Settings = Pick<DriftOptions, 'suppressions' | 'partitions' | 'columnOrder' | 'manifest'>;

/**
 * Reads a file of settings for `drift`, in which `manifest` is a path relative to the file.
 *
 * @throws UserError `invalid-settings` names all that is wrong in the file
 */
export async function readDriftSettings(file: string): Promise<Settings> {
  const settings = await readJson(file);
  const faults = faultsOf(settings);
  if (faults.length > 0) throw invalid(file, faults);
  const { manifest, ...rest } = settings as Settings;
  if (manifest === undefined) return rest;
  return { ...rest, manifest: await readText(resolve(dirname(file), manifest)) };
}

async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(file, [(cause as Error).message]);
  }
}

/** @throws UserError `invalid-settings`: the file cannot be read */
export async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError('invalid-settings', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  });
}

function invalid(file: string, faults: readonly string[]): UserError {
  return new UserError(
    'invalid-settings',
    `Wrong settings in ${file}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    {
      hint: 'It is JSON, such as {"suppressions": [{"identity": "cron*", "reason": "the platform", "until": "2027-01-31"}], "partitions": [{"parent": "public.audit_log", "name": "public.audit_log_*"}]}.',
    },
  );
}

const texts: Record<string, { all: string[]; required: string[] }> = {
  suppressions: { all: ['kind', 'identity', 'attribute', 'reason', 'until'], required: ['reason'] },
  partitions: { all: ['parent', 'name'], required: ['parent', 'name'] },
} satisfies { suppressions: Fields<DifferenceSuppression>; partitions: Fields<PartitionExemption> };

interface Fields<Type> {
  all: (keyof Type)[];
  required: (keyof Type)[];
}

function faultsOf(settings: unknown): string[] {
  if (!isObject(settings)) return ['it is no object'];
  return Object.entries(settings).flatMap(([name, value]) => {
    const fields = texts[name];
    if (fields) {
      if (!Array.isArray(value)) return [`${name} is no list`];
      return value.flatMap((each, index) => fieldFaults(`${name}[${index}]`, each, fields));
    }
    if (name === 'columnOrder')
      return typeof value === 'boolean' ? [] : ['columnOrder is neither true nor false'];
    if (name === 'manifest') return typeof value === 'string' ? [] : ['manifest is no path'];
    return [`there is no setting ${name}`];
  });
}

function fieldFaults(
  at: string,
  value: unknown,
  { all, required }: { all: string[]; required: string[] },
): string[] {
  if (!isObject(value)) return [`${at} is no object`];
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${at} has no ${name}`),
    ...Object.entries(value).flatMap(([name, text]) => {
      if (!all.includes(name)) return [`${at} has ${name}, which means nothing`];
      return typeof text === 'string' ? [] : [`${at}.${name} is no text`];
    }),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
