import type { SchemaDifference } from '@mikro-orm/postgresql';
import type { Finding } from '../check.ts';
import type { Comparison } from './compare-schemas.ts';
import { partOf } from './part-of.ts';

type Named =
  | 'newTables'
  | 'removedTables'
  | 'newViews'
  | 'changedViews'
  | 'removedViews'
  | 'newRoutines'
  | 'changedRoutines'
  | 'removedRoutines';

const NAMED: Record<Named, [kind: string, message: string]> = {
  newTables: ['table', 'is missing'],
  removedTables: ['table', 'is unknown to the entities'],
  newViews: ['view', 'is missing'],
  changedViews: ['view', 'differs'],
  removedViews: ['view', 'is unknown to the entities'],
  newRoutines: ['routine', 'is missing'],
  changedRoutines: ['routine', 'differs'],
  removedRoutines: ['routine', 'is unknown to the entities'],
};

/** One finding for each table, view, routine, enum type and schema that is missing, unknown, or differs as a whole. */
export function schemaFindings({ difference, toSql }: Comparison): Finding[] {
  const finding = (
    object: string,
    message: string,
    unknown: boolean,
    only: Partial<SchemaDifference>,
  ): Finding => ({
    object,
    severity: unknown ? 'warning' : 'error',
    message,
    mend: toSql(partOf(difference, only)),
  });
  const findings: Finding[] = [];
  for (const part of Object.keys(NAMED) as Named[]) {
    const [kind, message] = NAMED[part];
    for (const [name, value] of Object.entries(difference[part])) {
      const only = { [part]: { [name]: value } };
      findings.push(finding(name, `${kind} ${message}`, part.startsWith('removed'), only));
    }
  }
  for (const item of difference.newNativeEnums) {
    findings.push(finding(item.name, 'enum type is missing', false, { newNativeEnums: [item] }));
  }
  for (const item of difference.removedNativeEnums) {
    findings.push(
      finding(item.name, 'enum type is unknown to the entities', true, { removedNativeEnums: [item] }),
    );
  }
  for (const name of difference.newNamespaces) {
    findings.push(finding(name, 'schema is missing', false, { newNamespaces: new Set([name]) }));
  }
  for (const name of difference.removedNamespaces) {
    findings.push(
      finding(name, 'schema is unknown to the entities', true, { removedNamespaces: new Set([name]) }),
    );
  }
  return findings;
}
