import { isDeepStrictEqual } from 'node:util';
import {
  type EnvironmentSettings,
  environmentSettings,
  type PresetName,
} from '@ecommerce-dms/infra/settings';
import type { Environment } from '../config/schema.ts';
import { table } from '../ui/table.ts';
import { settingReasons } from './setting-reasons.ts';

export interface Explanation {
  preset: PresetName;
  /** Settings of the environment that are not the preset's. */
  differences: { setting: string; preset: unknown; here: unknown; reason: string | undefined }[];
  /** Settings that the presets do not have in common. */
  presets: { setting: string; values: Record<PresetName, unknown>; reason: string | undefined }[];
}

const names: readonly PresetName[] = ['development', 'test', 'staging', 'production'];

/** How an environment differs from its preset, and the presets from each other. */
export function explainSettings({ aws }: Environment): Explanation {
  const of = byPreset((name) => settingsByPath(environmentSettings(name)));
  const base = of[aws.preset];
  const here = settingsByPath(environmentSettings(aws.preset, aws));
  const everywhere = [...new Set(names.flatMap((name) => Object.keys(of[name])))].toSorted();
  return {
    preset: aws.preset,
    differences: [...new Set([...Object.keys(base), ...Object.keys(here)])]
      .filter((setting) => !isDeepStrictEqual(base[setting], here[setting]))
      .map((setting) => ({
        setting,
        preset: base[setting],
        here: here[setting],
        reason: settingReasons[setting],
      })),
    presets: everywhere
      .filter((setting) => names.some((name) => !isDeepStrictEqual(of[name][setting], base[setting])))
      .map((setting) => ({
        setting,
        values: byPreset((name) => of[name][setting]),
        reason: settingReasons[setting],
      })),
  };
}

function byPreset<Value>(valueOf: (name: PresetName) => Value): Record<PresetName, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<PresetName, Value>;
}

/** Without the accepted findings of the policy, which follow from the settings. */
function settingsByPath(settings: EnvironmentSettings): Record<string, unknown> {
  return flatten({ ...settings, suppressions: undefined });
}

/** `{ network: { nat: 'none' } }` is `network.nat`; what is on without any detail is `{}`. */
function flatten(value: object, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .flatMap(([key, entry]: [string, unknown]) =>
        isGroup(entry)
          ? Object.entries(flatten(entry, `${path}${key}.`))
          : [[`${path}${key}`, entry] as const],
      ),
  );
}

function isGroup(entry: unknown): entry is object {
  return (
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) && Object.keys(entry).length > 0
  );
}

/** The explanation for people. */
export function renderExplanation({ preset, differences, presets: rows }: Explanation, name: string): string {
  const own =
    differences.length === 0
      ? `'${name}' has the settings of the preset '${preset}', unchanged.`
      : `'${name}' differs from the preset '${preset}':\n${table(
          [
            ['setting', 'preset', 'here', ''],
            ...differences.map((row) => [row.setting, shown(row.preset), shown(row.here), row.reason ?? '']),
          ],
          { indent: 2 },
        )}`;
  const between = table(
    [
      ['setting', ...names, ''],
      ...rows.map(({ setting, values, reason = '' }) => [
        setting,
        ...names.map((preset) => shown(values[preset])),
        reason,
      ]),
    ],
    { indent: 2 },
  );
  return `${own}\n\nThe presets differ from each other ('-': the construct's default):\n${between}`;
}

function shown(value: unknown): string {
  if (value === undefined) return '-';
  if (isDeepStrictEqual(value, {})) return 'on';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
