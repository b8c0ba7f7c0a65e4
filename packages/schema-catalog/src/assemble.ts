import { type AttributeReading, type CatalogQuery, fixedValues } from './build-queries.ts';
import { type AttributeValue, type Fact, factKey } from './catalog.ts';

/** What a query has brought: id, kind, identity, parents, whether only privileges are read, and the attributes. */
export type CatalogRow = readonly unknown[];

/** A row of pg_depend: an object that is dropped with another, or that an extension has made. */
export interface Dependency {
  id: string;
  on: string;
  isOfExtension: boolean;
}

interface FoundObject {
  kind: string;
  identity: string;
  attributes: Record<string, AttributeValue>;
  parents: readonly string[];
  hasOnlyPrivileges: boolean;
}

/** Makes facts of rows: those of an object are one fact, those of an extension's objects are none. */
export function assemble(
  results: readonly { query: CatalogQuery; rows: readonly CatalogRow[] }[],
  dependencies: readonly Dependency[],
): { facts: Map<string, Fact>; unread: string[] } {
  const unread = new Set<string>();
  const hidden: { id: string; name: string }[] = [];
  const objects = new Map<string, FoundObject>();
  const added: { id: string; attributes: Record<string, AttributeValue> }[] = [];
  for (const { query, rows } of results) {
    for (const row of rows) {
      const [id, kind, identity, parents, hasOnlyPrivileges] = row as [
        string,
        string | null,
        string | null,
        string[] | null,
        boolean,
      ];
      const attributes = readAttributes(query.attributes, row, (name) => hidden.push({ id, name }));
      if (kind === null || identity === null) added.push({ id, attributes });
      // Its views are granted to everybody after initdb has written down the privileges, and pg_dump ignores it, too.
      else if (hasOnlyPrivileges && /^information_schema\b/.test(identity)) continue;
      else objects.set(id, { kind, identity, attributes, parents: parents ?? [], hasOnlyPrivileges });
    }
  }
  for (const { id, attributes } of added) Object.assign(objects.get(id)?.attributes ?? {}, attributes);
  for (const { id, name } of hidden) {
    const object = objects.get(id);
    if (object) unread.add(`the value of ${name} of ${factKey(object)} is hidden`);
  }
  const owners = readOwners(objects, dependencies);
  const facts = [...objects].flatMap(([id, object]) => {
    const isOfExtension = owners.isOfExtension(id);
    const attributes = sorted(object.attributes, object.hasOnlyPrivileges || isOfExtension);
    if ((object.hasOnlyPrivileges || isOfExtension) && Object.keys(attributes).length === 0) return [];
    const { kind, identity } = object;
    return [{ kind, identity, attributes, parents: isOfExtension ? [] : owners.parentsOf(id) }];
  });
  const byKey = new Map<string, Fact>();
  for (const fact of facts.sort((a, b) => order(factKey(a), factKey(b)))) {
    const key = factKey(fact);
    if (byKey.has(key)) unread.add(`two objects are called ${key}`);
    byKey.set(key, fact);
  }
  return { facts: byKey, unread: [...unread] };
}

/** The order of code units: the same on every machine. */
export function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function sorted(
  attributes: Record<string, AttributeValue>,
  onlyPrivileges: boolean,
): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => !onlyPrivileges || name.startsWith('privileges of '))
      .sort(([one], [other]) => order(one, other)),
  );
}

/** Names of options, settings and the like whose value is a secret. */
const secretName = /pass|secret|token|credential|api_?key|private|encryption_?key|jwt|conninfo/i;

function readAttributes(
  readings: readonly AttributeReading[],
  row: CatalogRow,
  hide: (name: string) => void,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  const set = (name: string, value: unknown): void => {
    if (value === true) attributes[name] = true;
    else if (Array.isArray(value) && value.length > 0) attributes[name] = value.map(String);
    else if (typeof value === 'string' && value !== '') attributes[name] = value;
  };
  readings.forEach(({ name, codes, unless, isOptions }, index) => {
    const value = row[fixedValues + index];
    if (isOptions && Array.isArray(value)) {
      for (const option of value.map(String)) {
        const [key = '', text = ''] = splitOnce(option);
        const isSecret = secretName.test(key);
        if (isSecret) hide(`${name} ${key}`);
        set(`${name} ${key}`, isSecret ? '(hidden)' : text === '' ? '(empty)' : text);
      }
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, text] of Object.entries(value)) set(`${name} ${key}`, text);
    } else {
      const text = typeof value === 'number' ? String(value) : value;
      const decoded = typeof text === 'string' ? (codes?.[text] ?? text) : text;
      if (decoded !== unless) set(name, decoded);
    }
  });
  return attributes;
}

function splitOnce(option: string): [string, string] {
  const at = option.indexOf('=');
  return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)];
}

/** Which objects are dropped with which, and which are an extension's. */
function readOwners(
  objects: ReadonlyMap<string, FoundObject>,
  dependencies: readonly Dependency[],
): { parentsOf: (id: string) => string[]; isOfExtension: (id: string) => boolean } {
  const on = new Map<string, string[]>();
  const members = new Set<string>();
  for (const dependency of dependencies) {
    if (dependency.isOfExtension) members.add(dependency.id);
    else on.set(dependency.id, [...(on.get(dependency.id) ?? []), dependency.on]);
  }
  const above = (id: string): string[] => {
    // A column has no rows of its own there.
    const table = /^(pg_class:\d+):\d+$/.exec(id)?.[1];
    return [...(objects.get(id)?.parents ?? []), ...(on.get(id) ?? []), ...(table ? [table] : [])];
  };
  /** Of what is no fact itself, such as the row type of a table, its own parents. */
  const keysOf = (id: string, seen: Set<string>): string[] => {
    if (seen.has(id)) return [];
    seen.add(id);
    const object = objects.get(id);
    return object ? [factKey(object)] : above(id).flatMap((parent) => keysOf(parent, seen));
  };
  const known = new Map<string, boolean>();
  const isOfExtension = (id: string): boolean => {
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    // Until it is known otherwise: the dependencies may go round in a circle.
    known.set(id, members.has(id));
    const result = members.has(id) || above(id).some(isOfExtension);
    known.set(id, result);
    return result;
  };
  return {
    parentsOf: (id) => {
      const seen = new Set([id]);
      return [...new Set(above(id).flatMap((parent) => keysOf(parent, seen)))].sort(order);
    },
    isOfExtension,
  };
}
