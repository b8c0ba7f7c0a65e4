import { expect, test } from 'vitest';
import { enumValueUsedLater } from './enum-values.ts';
import { parseStatements } from './parse-statements.ts';

test.each([
  { sql: "alter type mood add value 'a'; insert into t values ('a')", value: 'a' },
  { sql: "alter type mood add value 'a'; do $$ begin perform 'a'::mood; end $$", value: 'a' },
  { sql: "alter type mood add value 'a'; select 1", value: undefined },
  { sql: "select 'a'; alter type mood add value 'a'", value: undefined },
  {
    sql: "create type mood as enum (); alter type mood add value 'a'; select 'a'::mood",
    value: 'a',
  },
  { sql: "alter type mood rename value 'b' to 'a'; select 'a'::mood", value: undefined },
])('$sql uses the new enum value $value', async ({ sql, value }) => {
  expect(enumValueUsedLater(await parseStatements(sql))).toBe(value);
});
