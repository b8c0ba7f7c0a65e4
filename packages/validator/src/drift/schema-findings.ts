import type { SchemaDifference } from '@mikro-orm/postgresql';
import type { Finding } from '../check.ts';
import type { Comparison } from './compare-schemas.ts';
import { driftFinding } from './drift-finding.ts';

/** Parts of a difference that are named objects: what they are, and what is wrong with them. */
const named = {
  newTables: 'table is missing',
  removedTables: 'table is unknown to the entities',
  newViews: 'view is missing',
  changedViews: 'view differs',
  removedViews: 'view is unknown to the entities',
  newRoutines: 'routine is missing',
  changedRoutines: 'routine differs',
  removedRoutines: 'routine is unknown to the entities',
} as const;

/** One finding for each table, view, routine, enum type and schema that is missing, unknown, or differs as a whole. */
export function schemaFindings(comparison: Comparison): Finding[] {
  const { difference } = comparison;
  const missing = (name: string, what: string, only: Partial<SchemaDifference>) =>
    driftFinding(comparison, 'wrong', name, `${what} is missing`, only);
  const unknown = (name: string, what: string, only: Partial<SchemaDifference>) =>
    driftFinding(comparison, 'unknown', name, `${what} is unknown to the entities`, only);
  return [
    ...(Object.keys(named) as (keyof typeof named)[]).flatMap((part) =>
      Object.entries(difference[part]).map(([name, value]) => {
        const kind = part.startsWith('removed') ? 'unknown' : 'wrong';
        return driftFinding(comparison, kind, name, named[part], { [part]: { [name]: value } });
      }),
    ),
    ...difference.newNativeEnums.map((item) => missing(item.name, 'enum type', { newNativeEnums: [item] })),
    ...difference.removedNativeEnums.map((item) =>
      unknown(item.name, 'enum type', { removedNativeEnums: [item] }),
    ),
    ...[...difference.newNamespaces].map((name) =>
      missing(name, 'schema', { newNamespaces: new Set([name]) }),
    ),
    ...[...difference.removedNamespaces].map((name) =>
      unknown(name, 'schema', { removedNamespaces: new Set([name]) }),
    ),
  ];
}
