import { array, assert, constant, dictionary, oneof, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { order } from './assemble.ts';
import { type Catalog, type Fact, factKey } from './catalog.ts';
import { compareCatalogs } from './compare.ts';
import { readManifest, writeManifest } from './manifest.ts';

const text = oneof(
  string({ unit: 'binary' }),
  array(string(), { minLength: 2 }).map((lines) => lines.join('\n')),
);
const name = oneof(text, constant('public.item'), constant('"a"."b"'), constant('a = b')).filter(Boolean);
const fact = record({
  kind: constant('table'),
  identity: name,
  attributes: dictionary(
    name.filter((key) => key !== '__proto__'),
    oneof(constant(true as const), text, array(text, { minLength: 1 })),
  ),
  parents: array(name),
});

function catalogOf(facts: readonly Fact[]): Catalog {
  const sorted = [...facts].sort((one, other) => order(factKey(one), factKey(other)));
  return { major: 18, facts: new Map(sorted.map((each) => [factKey(each), each])), unread: [] };
}

test('a manifest says the same after it was written and read', () => {
  assert(
    property(array(fact), (facts) => {
      const catalog = catalogOf(facts);
      const read = readManifest(writeManifest(catalog));
      expect(compareCatalogs(catalog, read)).toEqual([]);
      expect(writeManifest(read)).toBe(writeManifest(catalog));
      expect([...read.facts.values()].map(({ parents }) => parents)).toEqual(
        [...catalog.facts.values()].map(({ parents }) => parents),
      );
    }),
  );
});

test('it is a text that people can review', () => {
  const catalog = catalogOf([
    { kind: 'function', identity: 'public.f()', attributes: { body: 'begin\n  null;\nend' }, parents: [] },
    {
      kind: 'column',
      identity: 'public.item.note',
      attributes: { 'not null': true, type: 'text' },
      parents: ['table public.item'],
    },
    { kind: 'enum', identity: 'public.status', attributes: { labels: ['open', 'paid'] }, parents: [] },
  ]);
  expect(writeManifest(catalog)).toBe(`dms schema manifest, format 1, PostgreSQL 18

column: public.item.note
  < table public.item
  not null
  type = "text"

enum: public.status
  labels
    - "open"
    - "paid"

function: public.f()
  body
    |begin
    |  null;
    |end
`);
});

test.each([
  { name: 'another file', lines: ['{}'], line: 1 },
  {
    name: 'a conflict of git',
    lines: ['dms schema manifest, format 1, PostgreSQL 18', '<<<<<<< HEAD'],
    line: 2,
  },
  {
    name: 'a text with an unfinished escape',
    lines: ['dms schema manifest, format 1, PostgreSQL 18', '', 'table: a', '  owner = "\\q"'],
    line: 4,
  },
])('$name is refused', ({ lines, line }) => {
  expect(() => readManifest(lines.join('\n'))).toThrow(
    expect.objectContaining({
      code: 'invalid-manifest',
      message: expect.stringContaining(`Line ${line} `),
    }),
  );
});
