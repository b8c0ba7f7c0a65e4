import { readFileSync } from 'node:fs';
import type { StackJson } from '../src/index.ts';

/** The presets of infra, and production with everything that a rule asks about. */
export type RecordedName = 'development' | 'test' | 'staging' | 'production' | 'everything';

/**
 * A stack as infra synthesizes it in eu-west-1, read again. infra's tests hold the records against its constructs, and
 * `vitest run -u` there writes them again.
 */
export function recordedStack(name: RecordedName): StackJson {
  return JSON.parse(recordedText(name)) as StackJson;
}

/** The same stack in another region. */
export function recordedIn(region: string, name: RecordedName): StackJson {
  return JSON.parse(recordedText(name).replaceAll('eu-west-1', region)) as StackJson;
}

function recordedText(name: RecordedName): string {
  return readFileSync(new URL(`stacks/__snapshots__/${name}.json`, import.meta.url), 'utf8');
}
