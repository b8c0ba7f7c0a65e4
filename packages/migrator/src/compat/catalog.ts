import type { Client } from 'pg';

/** A column as the catalog has it. */
export interface Column {
  schema: string;
  table: string;
  tableId: string;
  column: string;
  number: number;
  type: string;
  /** PostgreSQL's category of the type, such as `N` for numbers. */
  category: string;
}

interface Constraint {
  schema: string;
  table: string;
  name: string;
  columns: string[];
}

/** The tables of a database at one moment. */
export class Catalog {
  readonly #columns: readonly Column[];
  readonly #constraints: readonly Constraint[];

  private constructor(columns: readonly Column[], constraints: readonly Constraint[]) {
    this.#columns = columns;
    this.#constraints = constraints;
  }

  static async read(client: Client): Promise<Catalog> {
    const columns = await client.query<Column>(
      `select n.nspname as schema, c.relname as table, c.oid::text as "tableId", a.attname as column, a.attnum as number,
         format_type(a.atttypid, a.atttypmod) as type, t.typcategory as category
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
         join pg_type t on t.oid = a.atttypid
       where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
         and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
    );
    const constraints = await client.query<Constraint>(
      `select n.nspname as schema, c.relname as table, k.name, array_agg(a.attname::text) as columns
       from (select conrelid as relation, conname as name, conkey as keys from pg_constraint where conrelid <> 0
             union select indrelid, indexrelid::regclass::name, indkey::int2[] from pg_index) k
         join pg_class c on c.oid = k.relation join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.keys)
       where n.nspname !~ '^pg_' group by 1, 2, 3`,
    );
    return new Catalog(columns.rows, constraints.rows);
  }

  column(schema: string, table: string, column: string): Column | undefined {
    return this.#columns.find(
      (each) => each.schema === schema && each.table === table && each.column === column,
    );
  }

  /** The same column, whatever it and its table are called here. */
  same({ tableId, number }: Column): Column | undefined {
    return this.#columns.find((each) => each.tableId === tableId && each.number === number);
  }

  /** The table with a name, or the same table under another one. */
  table(schema: string, table: string): Column | undefined {
    return this.#columns.find((each) => each.schema === schema && each.table === table);
  }

  tableById(id: string): Column | undefined {
    return this.#columns.find(({ tableId }) => tableId === id);
  }

  /** The columns of a constraint or of a unique index. */
  constraintColumns(schema: string, table: string, name: string): string[] {
    const found = this.#constraints.find(
      (each) => each.schema === schema && each.table === table && each.name === name,
    );
    return found?.columns ?? [];
  }
}
