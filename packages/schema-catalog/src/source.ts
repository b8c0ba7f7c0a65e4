/** How a column is read: as its type and its references say, and called by another name. */
export interface ColumnReading {
  /** The attribute; of a map or of options it is the prefix of several. */
  name: string;
  /** SQL in place of the column, which is of the row `t`. */
  sql?: string;
  /** What its codes mean. */
  codes?: Readonly<Record<string, string>>;
  /** A value with which PostgreSQL begins, and which says nothing. */
  unless?: string;
  /** A text[] of `key=value`: each becomes an attribute. */
  isOptions?: boolean;
}

/** SQL, and the attribute that it is. */
export interface ExtraReading {
  name: string;
  sql: string;
  isOptions?: boolean;
  /** The first version that has it. */
  since?: number;
}

/** How the rows of a catalog become facts. Columns that are not named are read as their type says. */
export interface Source {
  catalog: string;
  /** What is read in place of the catalog: a view or a subquery with the same columns. */
  from?: string;
  /** SQL: the object that a row is of, or is a part of, such as `pg_class:16384` or `pg_class:16384:2`. */
  id: string;
  /** SQL: null for a row that only adds attributes to the object of its id. */
  kind?: string;
  identity?: string;
  /** SQL: a text[] of ids, beside those that pg_depend has. */
  parents?: string;
  /** SQL: which rows are read. */
  where: string;
  columns?: Readonly<Record<string, string | ColumnReading>>;
  extra?: readonly ExtraReading[];
  /** Columns that are not read, each with the reason. */
  leftOut?: Readonly<Record<string, string>>;
  acl?: Acl;
  /** Whether it is of the cluster: roles have their own names in it. */
  isClusterWide?: boolean;
  /** The first version that has the catalog in this form. */
  since?: number;
}

/** Where an object's privileges are. */
export interface Acl {
  column: string;
  /** The letter of `acldefault()`; SQL. */
  type: string;
  /** SQL: the OID of the owner. */
  owner: string;
  /** SQL: the OID of the object in pg_init_privs; `t.oid` unless given. */
  object?: string;
  /** SQL: the number of the column of a relation; 0 unless given. */
  sub?: string;
}

/** OIDs below are of what initdb has made. */
export const firstUserOid = 16_384;

/** Why columns are left out. */
export const because = {
  identity: 'It is part of the identity.',
  kind: 'It is part of the kind.',
  definition: 'The definition says it.',
  physical: 'It is where and how the rows are stored, not what is.',
  derived: 'It follows from other rows.',
  merged: 'It is in an attribute of another name.',
  transient: 'It is of the state of the server, not of the schema.',
  secret: 'It may hold a secret.',
};

/** In SQL of sources: the OID of the role that owns the schema. */
export const schemaOwner = ':schema_owner:';

/** SQL of a role's name; the owner of the schema, whose name differs between copies of it, is called so. */
export function roleName(oid: string): string {
  return `case ${oid} when ${schemaOwner} then 'schema owner' when 0 then 'public'
               else quote_ident(pg_get_userbyid(${oid})) end`;
}

/** SQL of a role's own name, for what belongs to the cluster. */
export function ownName(oid: string): string {
  return `quote_ident(pg_get_userbyid(${oid}))`;
}
