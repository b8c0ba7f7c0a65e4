import * as fc from 'fast-check';

type Path = readonly (string | number)[];

/** Values that are wrong somewhere: in a text, a number, a date, a list... */
const hostileValue = fc.oneof(
  { weight: 5, arbitrary: hostileText() },
  {
    weight: 4,
    arbitrary: fc.constantFrom(0, -1, 1.5, NaN, Infinity, 1e9, 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 53, 1e308),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(0n, -1n, 10n ** 15n - 1n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 200n),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(NaN, 0, 8.64e15, -8.64e15, Date.UTC(-1, 0)).map((time) => new Date(time)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(null, undefined, true, {}, [], nested(100_000), { a: nested(100) }),
  },
  { weight: 2, arbitrary: fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }) },
);

function hostileText() {
  const known = [
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    'b\udc00',
    "'; --",
    '?:a$1%s',
    'abc',
    '\u2028',
    '__proto__',
  ];
  const numbers = ['NaN', 'infinity', '9'.repeat(400), '-1', '1e400'];
  return fc.oneof(
    fc.constantFrom(...known, ...numbers, 'x'.repeat(2 ** 20), 'é'.repeat(400)),
    fc.string({ unit: 'binary' }),
  );
}

/** A list in a list in a list... */
function nested(depth: number): unknown {
  let list: unknown[] = [];
  for (let level = 0; level < depth; level++) list = [list];
  return list;
}

/** The input with one part replaced, left out, added or repeated. */
export function hostileInput(input: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(input);
  const anyPath = fc.constantFrom(...paths);
  const texts = paths.filter((path) => typeof at(input, path) === 'string');
  const lists = paths.filter((path) => Array.isArray(at(input, path)));
  return fc.oneof(
    {
      weight: 10,
      arbitrary: fc.tuple(anyPath, hostileValue).map(([path, value]) => replaced(input, path, value)),
    },
    { weight: 1, arbitrary: anyPath.map((path) => withKey(input, path, 'more')) },
    ...(texts.length === 0
      ? []
      : [
          {
            weight: 4,
            arbitrary: fc
              .tuple(fc.constantFrom(...texts), hostileText())
              .map(([path, text]) => replaced(input, path, String(at(input, path)) + text)),
          },
        ]),
    ...(lists.length === 0
      ? []
      : [
          {
            weight: 2,
            arbitrary: fc
              .tuple(fc.constantFrom(...lists), fc.constantFrom(2, 20_000))
              .map(([path, times]) => replaced(input, path, repeated(at(input, path), times))),
          },
        ]),
  );
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || value instanceof Date) return [path];
  const below = Object.entries(value).flatMap(([name, each]) => pathsOf(each, [...path, name]));
  return [path, ...below];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((part, name) => (part as Record<string, unknown>)[name], value);
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[name] = replaced(copy[name], rest, by);
  return copy;
}

function withKey(value: unknown, path: Path, name: string): unknown {
  const part = at(value, path);
  return typeof part === 'object' && part !== null && !Array.isArray(part) && !(part instanceof Date)
    ? replaced(value, path, { ...part, [name]: 'abc' })
    : replaced(value, path, undefined);
}

function repeated(list: unknown, times: number): unknown[] {
  return Array.from({ length: times }, () => list as unknown[]).flat();
}
