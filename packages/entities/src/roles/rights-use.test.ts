import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client, DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { shopTemplate } from '../../test/shop-database.ts';
import '../catalog-import/index.ts';
import '../index.ts';
import { ormOptions } from '../orm-options.ts';
import { declaredBuiltStatements } from '../runtime/built-statement.ts';
import { declaredStatements } from '../runtime/statement.ts';

// Of what its own modules declare: a worker's earlier files have loaded others.
vi.hoisted(() => vi.resetModules());

/** Rights of who maintains the limits of coupons, through the entities. */
const throughEntities: Record<string, string[]> = {
  coupon: ['update (customer_usage_limit)', 'update (usage_limit)'],
};

interface Right {
  table: string;
  privilege: 'insert' | 'update' | 'delete';
  /** Null: of all columns. */
  column: string | null;
}

let client: Client;
let orm: MikroORM;
let drop: () => Promise<void>;
let statements: string[];

beforeAll(async () => {
  const database = await createTestDatabase({ template: shopTemplate });
  drop = () => database.drop();
  client = new Client({ connectionString: database.url });
  await client.connect();
  orm = await MikroORM.init({ ...ormOptions({ url: database.url }), logger: () => undefined });
  const platform = orm.em.getPlatform();
  statements = [
    ...declaredStatements.map(({ text }) => text),
    ...declaredBuiltStatements.flatMap((built) =>
      built().fragments.map(({ sql, params }) => platform.formatQuery(sql, params)),
    ),
  ];
});

afterAll(async () => {
  await orm?.close();
  await client?.end();
  await drop?.();
});

/** What `shop_app` may write. A right to insert whole rows is one; a right to update is one for each column. */
async function writeRights(): Promise<Right[]> {
  const { rows } = await client.query<Right>(
    `with tables as (
       select oid, relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition)
     select name as table, privilege, attname as column
     from tables join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
     cross join unnest(array['insert', 'update']) as privilege
     where has_column_privilege('shop_app', tables.oid, attnum, privilege)
       and not (privilege = 'insert' and has_table_privilege('shop_app', tables.oid, 'insert'))
     union all
     select name, privilege, null from tables cross join unnest(array['insert', 'delete']) as privilege
     where has_table_privilege('shop_app', oid, privilege)
     order by 1, 2, 3`,
  );
  return rows;
}

/** Whether the role may run a statement. Its plan is made, which checks the rights; it does not run. */
async function isAllowed(text: string): Promise<boolean> {
  await client.query('savepoint planned');
  try {
    await client.query(`explain (generic_plan) ${text}`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '42501') return false;
    throw error;
  } finally {
    await client.query('rollback to planned');
  }
}

/** Of rights of one table, those without which every statement is still allowed. */
async function unused(table: string, rights: readonly Right[]): Promise<string[]> {
  const concerned = statements.filter((text) => new RegExp(`\\b${table}\\b`).test(text));
  const found: string[] = [];
  for (const right of rights) {
    const { privilege, column } = right;
    const others = rights.filter((other) => other !== right && other.privilege === privilege);
    const columns = others.map((other) => other.column).join(', ');
    await client.query(`begin; revoke ${privilege} on ${table} from shop_app`);
    if (column !== null && columns !== '') {
      await client.query(`grant ${privilege} (${columns}) on ${table} to shop_app`);
    }
    await client.query('set local role shop_app');
    let isUsed = false;
    for (const text of concerned) isUsed ||= !(await isAllowed(text));
    await client.query('rollback');
    if (!isUsed) found.push(column === null ? privilege : `${privilege} (${column})`);
  }
  return found;
}

test('each right of the application to write is used by a statement', { timeout: 120_000 }, async () => {
  const byTable = Map.groupBy(await writeRights(), (right) => right.table);
  const found: Record<string, string[]> = {};
  for (const [table, rights] of byTable) {
    const ofTable = await unused(table, rights);
    if (ofTable.length > 0) found[table] = ofTable;
  }
  expect(found).toEqual(throughEntities);
});

test('a right that nothing uses is found', async () => {
  await client.query('grant delete, update (currency_code) on sales_order to shop_app');
  const rights = (await writeRights()).filter(({ table }) => table === 'sales_order');
  expect(await unused('sales_order', rights)).toEqual(['delete', 'update (currency_code)']);
  await client.query('revoke delete, update (currency_code) on sales_order from shop_app');
});
