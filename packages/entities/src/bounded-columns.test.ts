import { expect, test } from 'vitest';
import { useShopClient } from '../test/shop-client.ts';

const shop = useShopClient();

const x = (letter: string, length = 600_000) => `repeat('${letter}', ${length})`;
/** Long ones of each form that a column can ask for. */
const longValues: Record<string, string[]> = {
  text: [x('x'), x('X'), x('7'), `'a.' || ${x('a')}`, `'x@' || ${x('x')}`, `'https://' || ${x('x')}`],
  'text[]': [`array[${x('x')}]`, `array_fill('x'::text, array[100000])`],
  jsonb: [`to_jsonb(${x('x', 5_000_000)})`, `jsonb_build_object('x', ${x('x', 5_000_000)})`],
};

interface Column {
  table: string;
  name: string;
  type: string;
  checks: string[];
}

// A foreign key bounds a column by the one that it refers to, and so does the trigger of a currency.
const writable = `select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
    array(select pg_get_expr(k.conbin, k.conrelid) from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'c') as checks
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and a.attnum > 0 and format_type(a.atttypid, null) = any ($1)
    and (has_column_privilege('shop_app', c.oid, a.attnum, 'insert')
      or has_column_privilege('shop_app', c.oid, a.attnum, 'update'))
    and not exists (select from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
    and not (a.attname = 'currency_code' and exists (select from pg_trigger t
      where t.tgrelid = c.oid and t.tgfoid = to_regproc('check_currency')))
  order by c.relname, a.attnum`;

/** Whether a check that accepts null refuses the value, whatever the other columns have. */
async function isRefused({ table, name, type, checks }: Column, value: string): Promise<boolean> {
  const { fields } = await shop.client.query(`select * from ${table} limit 0`);
  const columns = fields
    .map((field) => (field.name === name ? 'long_value' : `(select ${field.name} from ${table} where false)`))
    .map((column, index) => `${column} as ${fields[index]?.name}`);
  const { rows } = await shop.client.query<{ passes: (boolean | null)[] }>(
    `select array[${checks.join(', ')}]::boolean[] as passes
     from (values (1, null::${type}), (2, ${value})) as long (place, long_value)
     cross join lateral (select ${columns.join(', ')}) as checked order by place`,
  );
  return checks.some((_check, index) => rows[0]?.passes[index] !== false && rows[1]?.passes[index] === false);
}

test('every text, list and document that the application may write has a longest length', async () => {
  const { rows: columns } = await shop.client.query<Column>(writable, [Object.keys(longValues)]);
  expect(columns.length).toBeGreaterThan(60);
  const unbounded: string[] = [];
  for (const column of columns) {
    for (const value of longValues[column.type] ?? []) {
      if (await isRefused(column, value)) continue;
      unbounded.push(`${column.table}.${column.name}`);
      break;
    }
  }
  expect(unbounded).toEqual([]);
});
