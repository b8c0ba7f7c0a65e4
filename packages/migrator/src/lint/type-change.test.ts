import { parse } from 'libpg-query';
import { expect, test } from 'vitest';
import { nodeOf, nodesOf, type SqlType, typeOf } from './nodes.ts';
import { keepsRows } from './type-change.ts';

async function type(sql: string): Promise<SqlType> {
  const select = nodeOf((await parse(`select null::${sql}`)).stmts?.[0]?.stmt, 'SelectStmt');
  return typeOf(nodeOf(nodesOf(select?.targetList, 'ResTarget')[0]?.val, 'TypeCast')?.typeName);
}

const cases = [
  { from: 'varchar(20)', to: 'text', keeps: true },
  { from: 'varchar(20)', to: 'varchar(256)', keeps: true },
  { from: 'varchar(20)', to: 'varchar(19)', keeps: false },
  { from: 'text', to: 'varchar(20)', keeps: false },
  { from: 'char(3)', to: 'text', keeps: false },
  { from: 'text[]', to: 'text', keeps: false },
  { from: 'varchar(3)', to: 'citext', keeps: true },
  { from: 'varchar(3)', to: 'citext', mayHaveIndex: true, keeps: false },
  { from: 'public.citext', to: 'varchar(3)', keeps: false },
  { from: 'citext', to: 'text', keeps: true },
  { from: 'numeric(10,5)', to: 'numeric(9,5)', keeps: false },
  { from: 'numeric(10,5)', to: 'numeric(11,5)', keeps: true },
  { from: 'numeric(10,5)', to: 'decimal', keeps: true },
  { from: 'numeric', to: 'numeric(10,5)', keeps: false },
  { from: 'timestamp', to: 'timestamptz', keeps: false },
  { from: 'timestamp', to: 'timestamptz', timeZone: 'UTC', keeps: true },
  { from: 'timestamp', to: 'timestamptz', timeZone: 'Europe/Berlin', keeps: false },
  { from: 'timestamp(3)', to: 'timestamp', keeps: true },
  { from: 'timestamp', to: 'timestamp(3)', keeps: false },
  { from: 'timestamptz(0)', to: 'timestamptz(6)', keeps: true },
  { from: 'time', to: 'time(2)', keeps: false },
  { from: 'interval(3)', to: 'interval(6)', keeps: true },
  { from: 'interval', to: 'interval(3)', keeps: false },
  { from: 'interval', to: 'interval hour to minute', keeps: false },
  { from: 'inet', to: 'cidr', keeps: false },
  { from: 'cidr', to: 'inet', keeps: true },
  { from: 'bit varying(3)', to: 'bit varying(4)', keeps: true },
  { from: 'int', to: 'bigint', keeps: false },
  { from: 'int', to: 'int', keeps: true },
];

test.each(cases)('$from to $to: $keeps', async ({ from, to, keeps, timeZone, mayHaveIndex = false }) => {
  expect(keepsRows({ from: await type(from), to: await type(to), timeZone, mayHaveIndex })).toBe(keeps);
});
