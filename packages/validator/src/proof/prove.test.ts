import { expect, test } from 'vitest';
import { fixture } from '../../test/fixture.ts';
import { notNull, references, rowCheck, type RowCheck, table, unique, validate } from '../index.ts';

const schemaSql = `
  create table parent (id int primary key, code text unique);
  create table child (id int primary key, parent_id int references parent, code text references parent (code),
    amount int not null check (amount >= 0), held int, kind text check (kind in ('a', 'b')),
    constraint held_check check (held <= amount + 5), unique (parent_id, kind));
  create unique index child_partial on child (held) where kind = 'a';
  insert into parent values (1, 'x');
  insert into child values (1, 1, 'x', 3, 2, 'a'), (2, null, null, 0, null, null);`;

const on = table('child');
const row = (that: string, nulls: 'pass' | 'fail' = 'pass') =>
  rowCheck({ id: `${that} ${nulls}`, description: that, on, that, nulls });
const link = (columns: string[], parentColumns: string[]) =>
  references({ id: 'link', description: 'x', table: 'child', columns, parent: 'parent', parentColumns });
const only = (columns: string[]) => unique({ id: 'only', description: 'x', table: 'child', columns });

async function stateOf(url: string, check: RowCheck, paranoid = false): Promise<string | undefined> {
  const report = await validate({ url, checks: [check], paranoid });
  expect(report.scans > 0).toBe(report.checks[0]?.state !== 'proven');
  return report.checks[0]?.state;
}

test.each([
  { given: 'the same CHECK', check: row('amount >= 0') },
  { given: 'a weaker predicate', check: row('amount > -3') },
  { given: 'a conjunction of two', check: row(`amount >= 0 and held <= amount + 5`) },
  { given: 'a wider list', check: row(`kind in ('a', 'b', 'c')`) },
  { given: 'NOT NULL', check: notNull({ id: 'x', description: 'x', table: 'child', column: 'amount' }) },
  { given: 'a primary key', check: only(['id']) },
  { given: 'a unique constraint, in another order', check: only(['kind', 'parent_id']) },
  { given: 'a superset of unique columns', check: only(['kind', 'id']) },
  { given: 'a foreign key', check: link(['parent_id'], ['id']) },
])('$given is proven without a scan, and scanned when paranoid', async ({ check }) => {
  const { url } = await fixture(schemaSql);
  expect(await stateOf(url, check)).toBe('proven');
  expect(await stateOf(url, check, true)).toBe('passed');
});

test.each([
  { given: 'a stronger predicate', check: row('amount >= 0 and amount < 100') },
  { given: 'a predicate whose NULL fails', check: row('held <= amount + 5', 'fail') },
  {
    given: 'a CHECK that is not validated',
    sql: 'alter table child add check (id > 0) not valid',
    check: row('id > 0'),
  },
  { given: 'a partial unique index', check: only(['held']) },
  { given: 'a part of the unique columns', check: only(['parent_id']) },
  { given: 'a foreign key to other columns', check: link(['code'], ['id']) },
  {
    given: 'a foreign key whose triggers are disabled',
    sql: 'alter table child disable trigger all',
    check: link(['parent_id'], ['id']),
  },
  {
    given: 'a foreign key whose triggers are disabled on the other side',
    sql: 'alter table parent disable trigger all',
    check: link(['parent_id'], ['id']),
  },
])('$given proves nothing', async ({ sql, check }) => {
  const { url, execute } = await fixture(schemaSql);
  if (sql !== undefined) await execute(sql);
  expect(await stateOf(url, check)).not.toBe('proven');
});
