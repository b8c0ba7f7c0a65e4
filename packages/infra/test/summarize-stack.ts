import type { Json, JsonObject, StackJson } from '@ecommerce-dms/stack';

/**
 * A stack in as few lines as show what a change of the constructs changes: the paths of its resources, the names of
 * the attributes that are set, and their values where these are plain.
 */
export function summarizeStack(json: StackJson): string[] {
  return Object.entries(json.resource ?? {})
    .flatMap(([type, byName]) =>
      Object.values(byName).map((config) => `${type} ${pathOf(config)}: ${settings(config)}`),
    )
    .toSorted();
}

function pathOf(config: JsonObject): string {
  const comment = config['//'] as { metadata?: { path?: string } } | undefined;
  return comment?.metadata?.path?.split('/').slice(1).join('/') ?? '';
}

function settings(config: JsonObject): string {
  return Object.entries(config)
    .filter(([name, value]) => name !== '//' && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (isPlain(value) ? `${name}=${value}` : name))
    .join(' ');
}

function isPlain(value: Json | undefined): boolean {
  return (
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    (typeof value === 'string' && /^[\w.:-]{1,40}$/.test(value))
  );
}
