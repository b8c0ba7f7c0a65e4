import type { Node } from 'libpg-query';
import { parseStatements } from '../parse-statements.ts';
import { type Fault, refuse } from '../refuse-faults.ts';

/** What a statement changes beyond its database. */
const reach: Readonly<Record<string, string>> = {
  CreateRoleStmt: 'roles',
  AlterRoleStmt: 'roles',
  AlterRoleSetStmt: 'roles',
  DropRoleStmt: 'roles',
  GrantRoleStmt: 'roles',
  DropOwnedStmt: 'objects of a role in all databases',
  ReassignOwnedStmt: 'objects of a role in all databases',
  CreatedbStmt: 'databases',
  DropdbStmt: 'databases',
  AlterDatabaseStmt: 'databases',
  AlterDatabaseSetStmt: 'databases',
  CreateTableSpaceStmt: 'tablespaces',
  DropTableSpaceStmt: 'tablespaces',
  AlterTableSpaceOptionsStmt: 'tablespaces',
  AlterSystemStmt: 'settings of the server',
  CreateSubscriptionStmt: 'another server',
};

/** What a statement changes beyond its database, such as `roles`; undefined for nothing. `DO` blocks are not looked into. */
export function clusterWideChange(node: Node): string | undefined {
  const [kind = ''] = Object.keys(node);
  if ('RenameStmt' in node) {
    const { renameType } = node.RenameStmt;
    return { OBJECT_ROLE: 'roles', OBJECT_DATABASE: 'databases', OBJECT_TABLESPACE: 'tablespaces' }[
      renameType as string
    ];
  }
  return reach[kind];
}

/**
 * A role that a replay would create or drop is that of the project's server.
 *
 * @throws UserError `migrations-refused`: names each statement that changes what does not belong to its database.
 */
export async function refuseClusterWide(
  migrations: readonly { name: string; statements: readonly string[] }[],
): Promise<void> {
  const faults: Fault[] = [];
  for (const { name, statements } of migrations) {
    for (const sql of statements) {
      for (const { node } of await parseStatements(sql)) {
        const change = clusterWideChange(node);
        if (change === undefined) continue;
        const problem = `would change ${change} on the server of the project. Replay it on another server: add \`--shadow-url URL\`.`;
        faults.push({ name, problem });
      }
    }
  }
  refuse(faults);
}
