import type { Client } from 'pg';

/** What a statement that drops or changes something does not say of what was before, by qualified names. */
export interface Definitions {
  /** Of columns, such as `public.item.note`. */
  defaults: ReadonlyMap<string, string>;
  /** By the table and the name: `public.item.item_check`. */
  constraints: ReadonlyMap<string, string>;
  indexes: ReadonlyMap<string, string>;
}

/** Reads the definitions that a database has. */
export async function readDefinitions(client: Client): Promise<Definitions> {
  const read = async (sql: string): Promise<Map<string, string>> => {
    const { rows } = await client.query<{ name: string; definition: string }>(sql);
    return new Map(rows.map(({ name, definition }) => [name, definition]));
  };
  return {
    defaults:
      await read(`select concat_ws('.', nspname, relname, attname) as name, pg_get_expr(adbin, adrelid) as definition
      from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum join pg_class c on c.oid = adrelid
      join pg_namespace n on n.oid = relnamespace`),
    constraints:
      await read(`select concat_ws('.', nspname, relname, conname) as name, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = relnamespace`),
    indexes: await read(`select concat_ws('.', nspname, relname) as name, pg_get_indexdef(c.oid) as definition
      from pg_class c join pg_namespace n on n.oid = relnamespace where relkind = 'i'`),
  };
}
