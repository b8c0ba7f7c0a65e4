import type { Check } from '@ecommerce-dms/validator';
import type { Client } from 'pg';
import { describeStatement } from './describe-statement.ts';

/** A permission entry of a parse tree: the server's own list of what a statement reads of a relation. */
const permissions = /\{RTEPERMISSIONINFO :relid (\d+) .*?:selectedCols \(b([ \d]*)\)/g;
/** The bit of a column in that list is its number and this, since system columns have negative numbers. */
const columnOffset = 7;

/**
 * The columns that statements read, as `table.column`. PostgreSQL says it: a statement is analysed, never run, and its
 * parse tree has the columns for which it needs the right to SELECT. What is only written is not among them.
 */
export class ColumnReads {
  readonly #client: Client;
  /** `relid.attnum`. */
  readonly #read = new Set<string>();

  private constructor(client: Client) {
    this.#client = client;
    // It is broken into lines.
    client.on('notice', ({ detail = '' }) => {
      for (const [, relation, bits = ''] of detail.replaceAll(/\s+/g, ' ').matchAll(permissions)) {
        for (const bit of bits.trim().split(' ')) this.#read.add(`${relation}.${Number(bit) - columnOffset}`);
      }
    });
  }

  /** On a session of its own, which it leaves with these settings. */
  static async on(client: Client): Promise<ColumnReads> {
    await client.query(
      'set client_min_messages = log; set debug_print_parse = on; set debug_pretty_print = off',
    );
    return new ColumnReads(client);
  }

  async ofStatement(text: string): Promise<void> {
    await describeStatement(this.#client, text);
  }

  async ofCheck(check: Check): Promise<void> {
    if (check.kind === 'findings') {
      const query = async (sql: string) => {
        await this.ofStatement(sql);
        return [];
      };
      await check.find({ role: 'writer', query });
      return;
    }
    const { source, predicate, show } = check;
    const from = source.kind === 'table' ? source.from : `(${source.from}) as source`;
    const columns = [...source.key, ...show].join(', ');
    await this.ofStatement(`select ${columns} from ${from} where ${predicate}`);
  }

  /** The columns of the shop's tables that none of the statements so far reads, and no key has. */
  async unread(): Promise<string[]> {
    const { rows } = await this.#client.query<{ key: string; name: string }>(
      `select c.oid::int8 || '.' || attnum as key, relname || '.' || attname as name
       from pg_class c join pg_attribute a on attrelid = c.oid and attnum > 0 and not attisdropped
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
         and relname not like 'migration%'
         and not exists (select from pg_constraint where conrelid = c.oid and contype in ('p', 'f') and attnum = any (conkey))
       order by relname, attnum`,
    );
    return rows.filter(({ key }) => !this.#read.has(key)).map(({ name }) => name);
  }
}
