import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useShopClient } from '../test/shop-client.ts';
import { stateDiagram } from '../test/state-diagram.ts';
import { noCharges } from './pricing/basket.ts';
import { type Binding, type BindingTable, isBinding } from './shop/bind-operations.ts';
import { shopOperations } from './shop/shop-operations.ts';
import { statusMachines } from './status-machines.ts';

const shop = useShopClient();
const reference = readFileSync(new URL('../../../docs/reference/entities.md', import.meta.url), 'utf8');

/** The cells of the rows of Markdown tables whose first cell has a name in backquotes. */
function tableRows(text: string): string[][] {
  const cells = (line: string) => line.split('|').slice(1, -1);
  const lines = text.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => cells(line).map((cell) => cell.trim()));
}

/** What a role may do with each table, as the reference says it: `read, insert, update (name)`. */
async function rightsOf(role: string): Promise<Map<string, string>> {
  type Right = { table: string; privilege: string; whole: boolean; columns: string | null };
  const { rows } = await shop.client.query<Right>(
    `select relname as table, privilege, has_table_privilege($1, c.oid, privilege) as whole,
       (select string_agg(attname, ', ' order by attnum) from pg_attribute
        where attrelid = c.oid and attnum > 0 and privilege in ('select', 'insert', 'update', 'references')
          and has_column_privilege($1, c.oid, attnum, privilege)) as columns
     from pg_class c, unnest('{select,insert,update,delete,truncate,references,trigger}'::text[])
       with ordinality as rights (privilege, position)
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname not like 'migration%'
     order by relname, position`,
    [role],
  );
  const rights = new Map<string, string>();
  for (const { table, privilege, whole, columns } of rows) {
    const name = privilege === 'select' ? 'read' : privilege;
    const right = whole ? name : columns === null ? '' : `${name} (${columns})`;
    rights.set(table, [rights.get(table), right].filter(Boolean).join(', '));
  }
  return rights;
}

test('the table of rights is what the roles may do', async () => {
  const [app, readonly] = [await rightsOf('shop_app'), await rightsOf('shop_readonly')];
  const section = /## Roles\n[^]*?\n## /.exec(reference)?.[0] ?? '';
  const documented = tableRows(section).filter(([name = '']) => app.has(name.replaceAll('`', '')));
  expect(documented).toEqual(
    [...app].map(([table, rights]) => [`\`${table}\``, rights || 'none', readonly.get(table) || 'none']),
  );
});

test('the diagrams are those of the state machines', () => {
  const section = /## State machines\n[^]*?\n(?=## )/.exec(reference)?.[0] ?? '';
  const [, ...diagrams] = section.split(/\n(?=```mermaid)/);
  expect(diagrams.map((diagram) => diagram.trim())).toEqual(statusMachines.map(stateDiagram));
});

test('the operations of a shop are listed, with the functions that they are', () => {
  const section = /### The operations of a shop\n[^]*?\n(?=## )/.exec(reference)?.[0] ?? '';
  const documented = section.split('\n- ').slice(1);
  const entryOf = ([name, { operation }]: [string, Binding<never, unknown>]) => {
    const own = (operation as { name: string }).name || name;
    return own === name ? `\`${name}\`` : `\`${name}\` (\`${own}\`)`;
  };
  const table: BindingTable = shopOperations({ payments: [], shipping: noCharges, tax: noCharges });
  const own: string[] = [];
  const domains: string[] = [];
  for (const [name, entry] of Object.entries(table)) {
    if (isBinding(entry)) own.push(entryOf([name, entry]));
    else {
      const entries = Object.entries(entry).filter((each): each is [string, Binding<never, unknown>] =>
        isBinding(each[1]),
      );
      domains.push(`\`shop.${name}\`: ${entries.map(entryOf).join(', ')}`);
    }
  }
  expect(documented.map((line) => line.replaceAll(/\s+/g, ' ').trim())).toEqual([
    ...domains,
    `\`shop\` itself: ${own.join(', ')}`,
  ]);
});

test('every error has its code in a table', () => {
  const named = tableRows(reference).flatMap(([first = '']) => [...first.matchAll(/`([^`]+)`/g)]);
  const documented = new Set(named.map(([, code]) => code));
  const folder = new URL('.', import.meta.url);
  const codes = new Set(['amount-exceeds-due', 'amount-exceeds-authorized', 'amount-exceeds-captured']);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const source = readFileSync(new URL(file, folder), 'utf8');
    const thrown = source.includes('extends UserError')
      ? /(?:new UserError|super)\(\s*'([^']+)'/g
      : /new UserError\(\s*'([^']+)'/g;
    for (const [, code = ''] of source.matchAll(thrown)) codes.add(code);
  }
  expect(codes.size).toBeGreaterThan(60);
  expect([...codes].filter((code) => !documented.has(code))).toEqual([]);
});
