import { describe, expect, test } from 'vitest';
import { fingerprintOfTexts } from './fingerprint.ts';

const statements = [
  `create table item (id integer primary key default 3 check (id > 0), name text collate "C")`,
  `insert into item values (1, 'a'), (2, null) on conflict (id) do update set name = excluded.name returning *`,
  `with recursive a as (select 1 as n union all select n + 1 from a where n in (1, 2)) select array[n, 2], n::text from a`,
  `create unique index concurrently item_name on item (lower(name), (id + 1)) where id between 1 and 2`,
  `alter table item add constraint item_parent foreign key (parent) references item not valid`,
  `create function f(a int default 1) returns int language sql as $$ select  a $$`,
  `do $$ begin perform 1; end $$`,
  `merge into item using other on item.id = other.id when matched then delete`,
  `create policy mine on item using (owner = current_user)`,
  `create tablespace fast location '/fast'`,
  `select json_object('a': 1), xmlelement(name a), case when a then b end, f(a => 1) over (partition by c) from t`,
  `grant select (id), update on item to app with grant option`,
  `comment on table item is 'An item -- not a comment'`,
];

describe.each(statements)('%s', (sql) => {
  test('comments, white space and the case of keywords are no edit', async () => {
    // Not inside of literals, bodies and names in quotes.
    const spread = sql
      .split(/('[^']*'|\$\$.*?\$\$|"[^"]*")/)
      .map((part, index) =>
        index % 2 === 1
          ? part
          : part.replaceAll(' ', '\n /* x */  ').replace(/^[a-z]+/, (word) => word.toUpperCase()),
      )
      .join('');
    expect(spread).not.toBe(sql);
    expect(await fingerprintOfTexts([`-- first\n${spread} ;`, '  '])).toBe(await fingerprintOfTexts([sql]));
  });
});

test('statements of one text are the same as those of several', async () => {
  expect(await fingerprintOfTexts([statements.join(';\n')])).toBe(await fingerprintOfTexts(statements));
});

test.each([
  { kind: 'a value', before: 'insert into item values (1)', after: 'insert into item values (2)' },
  { kind: 'a string', before: `select 'a'`, after: `select 'a '` },
  { kind: 'a name', before: 'drop table item', after: 'drop table "Item"' },
  { kind: 'a path', before: `create tablespace a location '/a'`, after: `create tablespace a location '/b'` },
  { kind: 'a function body', before: `do $$ begin end $$`, after: `do $$ begin  end $$` },
  { kind: 'the order', before: 'select 1; select 2', after: 'select 2; select 1' },
  { kind: 'an option', before: 'drop table item', after: 'drop table item cascade' },
  { kind: 'a role', before: `create role a password 'x'`, after: `create role b password 'x'` },
])('another $kind is an edit', async ({ before, after }) => {
  expect(await fingerprintOfTexts([before])).not.toBe(await fingerprintOfTexts([after]));
});

test('a password is no part of it', async () => {
  expect(await fingerprintOfTexts([`alter role a password 'x'`])).toBe(
    await fingerprintOfTexts([`alter role a password E'y\\'z'`]),
  );
});
