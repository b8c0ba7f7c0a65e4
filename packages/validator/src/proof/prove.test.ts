import { expect, test } from 'vitest';
import { fixture } from '../../test/fixture.ts';
import { notNull, references, rowCheck, type RowCheck, table, unique, validate } from '../index.ts';

const SQL = `
  CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE);
  CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, code text REFERENCES parent (code),
    amount int NOT NULL CHECK (amount >= 0), held int, kind text CHECK (kind IN ('a', 'b')),
    CONSTRAINT held_check CHECK (held <= amount + 5), UNIQUE (parent_id, kind));
  CREATE UNIQUE INDEX child_partial ON child (held) WHERE kind = 'a';
  INSERT INTO parent VALUES (1, 'x');
  INSERT INTO child VALUES (1, 1, 'x', 3, 2, 'a'), (2, NULL, NULL, 0, NULL, NULL);`;

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
  ['the same CHECK', row('amount >= 0')],
  ['a weaker predicate', row('amount > -3')],
  ['a conjunction of two', row(`amount >= 0 AND held <= amount + 5`)],
  ['a wider list', row(`kind IN ('a', 'b', 'c')`)],
  ['NOT NULL', notNull({ id: 'x', description: 'x', table: 'child', column: 'amount' })],
  ['a primary key', only(['id'])],
  ['a unique constraint, in another order', only(['kind', 'parent_id'])],
  ['a superset of unique columns', only(['kind', 'id'])],
  ['a foreign key', link(['parent_id'], ['id'])],
])('%s is proven without a scan, and scanned when paranoid', async (_, check) => {
  const { url } = await fixture(SQL);
  expect(await stateOf(url, check)).toBe('proven');
  expect(await stateOf(url, check, true)).toBe('passed');
});

test.each([
  ['a stronger predicate', '', row('amount >= 0 AND amount < 100')],
  ['a predicate whose NULL fails', '', row('held <= amount + 5', 'fail')],
  ['a CHECK that is not validated', 'ALTER TABLE child ADD CHECK (id > 0) NOT VALID', row('id > 0')],
  ['a partial unique index', '', only(['held'])],
  ['a part of the unique columns', '', only(['parent_id'])],
  ['a foreign key to other columns', '', link(['code'], ['id'])],
  [
    'a foreign key whose triggers are disabled',
    'ALTER TABLE child DISABLE TRIGGER ALL',
    link(['parent_id'], ['id']),
  ],
  [
    'a foreign key whose triggers are disabled on the other side',
    'ALTER TABLE parent DISABLE TRIGGER ALL',
    link(['parent_id'], ['id']),
  ],
])('%s proves nothing', async (_, sql, check) => {
  const { url, execute } = await fixture(SQL);
  if (sql !== '') await execute(sql);
  expect(await stateOf(url, check)).not.toBe('proven');
});
