import type { Node } from 'libpg-query';

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
