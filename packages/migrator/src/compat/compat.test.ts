import { expect, test } from 'vitest';
import { createReleases, entitiesFile, productProperties, sqlFile } from '../../test/compat/two-releases.ts';
import { openDatabase } from '../../test/fixtures.ts';
import { remedies } from './explain-failure.ts';
import type { CompatibilityBreak } from './report.ts';

interface ExpectedBreak {
  /** `previous Product.note since M2` */
  place: string;
  /** Those in which it shows. */
  operations: string[];
  problem: RegExp;
  remedy: keyof typeof remedies;
}

interface Case {
  title: string;
  /** The statements of M2, M3, ... */
  migrations: string[][];
  /** Of the new release; default: those of the first. */
  entities?: string;
  words?: string[];
  breaks: ExpectedBreak[];
  undecided?: string[];
}

/** The entities of the new release, with some properties changed. */
function changed(properties: Record<string, string>, ...removed: string[]): string {
  const kept = Object.entries({ ...productProperties, ...properties }).filter(
    ([name]) => !removed.includes(name),
  );
  return entitiesFile(Object.fromEntries(kept));
}

const onlyProduct = entitiesFile(
  Object.fromEntries(Object.entries(productProperties).filter(([name]) => name !== 'category')),
).replace(
  /export const Category[^]*?\}\);\n/,
  'export const Category = defineEntity({ name: "Shelf", properties: { id: p.integer().primary() } });\n',
);

const cases: Case[] = [
  {
    title: 'a release that only expands breaks nothing',
    migrations: [
      ['alter table product add sku text', 'create index on product (sku)'],
      ['alter table product add constraint sku_length check (length(sku) < 1000) not valid'],
      ["create table tag (id serial primary key, name text not null, kind text default 'plain' not null)"],
    ],
    entities: changed({ sku: 'p.text().nullable()' }),
    breaks: [],
  },
  {
    title: 'a dropped column',
    migrations: [['alter table product add sku text'], ['alter table product drop note']],
    entities: changed({}, 'note'),
    breaks: [
      {
        place: 'previous Product.note since M3',
        operations: ['insert', 'select', 'update', 'upsert'],
        problem: /^The column product.note is gone\.$/,
        remedy: 'columnDropped',
      },
    ],
  },
  {
    title: 'a renamed column',
    migrations: [['alter table product rename title to headline']],
    entities: changed({ title: "p.text().name('headline')" }),
    breaks: [
      {
        place: 'previous Product.title since M2',
        operations: ['insert', 'insert with defaults', 'select', 'update', 'upsert'],
        problem: /product.title is now called headline/,
        remedy: 'columnRenamed',
      },
    ],
  },
  {
    title: 'a new required column without a default',
    migrations: [
      [
        'alter table product add sku text',
        "update product set sku = 'sku-' || id",
        'alter table product alter sku set not null',
      ],
    ],
    entities: changed({ sku: 'p.text()' }),
    breaks: [
      {
        place: 'previous Product since M2',
        operations: ['insert', 'insert with defaults', 'upsert'],
        problem: /null value in column "sku".*23502.*does not know product\.sku/,
        remedy: 'columnRequired',
      },
    ],
  },
  {
    title: 'a tightened check',
    migrations: [['alter table product add constraint cheap check (price < 1000) not valid']],
    breaks: [
      {
        place: 'previous Product.price since M2',
        operations: ['update'],
        problem: /violates check constraint "cheap" \(SQLSTATE 23514\)/,
        remedy: 'check',
      },
    ],
  },
  {
    title: 'a check that rows of the previous release violate',
    migrations: [
      ["alter table product add constraint named check (title ~ '^[a-z]$')"],
      ['alter table product add sku text'],
    ],
    breaks: [
      {
        place: 'previous Product since M2',
        operations: ['migration'],
        problem: /^M2 fails on rows that the previous release may have written: check constraint "named"/,
        remedy: 'migration',
      },
    ],
    undecided: ['previous: M2 fails, so that nothing was tried of: the state after it, M3, the new release.'],
  },
  {
    title: 'a nullable column that becomes required',
    migrations: [
      ["update product set note = '' where note is null", 'alter table product alter note set not null'],
    ],
    entities: changed({ note: 'p.text()' }),
    breaks: [
      {
        place: 'previous Product.note since M2',
        operations: ['insert', 'insert with defaults', 'update'],
        problem: /null value in column "note"/,
        remedy: 'notNull',
      },
    ],
  },
  {
    title: 'an enum value that only the new release knows',
    migrations: [
      [
        'alter table product drop constraint product_status_check',
        "alter table product add constraint product_status_check check (status in ('draft', 'active', 'archived')) not valid",
      ],
    ],
    entities: changed({ status: "p.enum(['draft', 'active', 'archived'])" }),
    breaks: [
      {
        place: 'previous Product.status',
        operations: ['shared row'],
        problem: /^The other release writes 'archived', which this one does not know\.$/,
        remedy: 'enumValue',
      },
    ],
  },
  {
    title: 'an enum value that is gone',
    migrations: [
      [
        "update product set status = 'active'",
        'alter table product drop constraint product_status_check',
        "alter table product add constraint product_status_check check (status in ('active'))",
      ],
    ],
    breaks: [
      {
        place: 'previous Product.status since M2',
        operations: ['insert', 'update'],
        problem: /violates check constraint "product_status_check"/,
        remedy: 'check',
      },
    ],
  },
  {
    title: 'a number that becomes a text',
    migrations: [
      [
        'alter table product alter quantity drop default',
        'alter table product alter quantity type text',
        "alter table product alter quantity set default '0'",
      ],
    ],
    entities: changed({ quantity: "p.text().default('0')" }),
    breaks: [
      {
        place: 'previous Product.quantity since M2',
        operations: ['insert', 'insert with defaults', 'select', 'update', 'upsert'],
        problem: /^It reads \d+, a string, where it was \d+, a number\.$/,
        remedy: 'columnType',
      },
    ],
  },
  {
    title: 'a decimal that becomes a text, which MikroORM reads alike',
    migrations: [['alter table product alter price type text']],
    entities: changed({ price: 'p.text()' }),
    breaks: [
      {
        place: 'previous Product.price since M2',
        operations: ['select'],
        problem: /type of product.price has changed from numeric\(10,2\) to text/,
        remedy: 'columnType',
      },
    ],
  },
  {
    title: 'a moment that becomes a local time',
    migrations: [['alter table product alter created_at type timestamp using created_at']],
    entities: changed({ createdAt: "p.datetime().columnType('timestamp').defaultRaw('now()')" }),
    breaks: [
      {
        place: 'previous Product.createdAt since M2',
        operations: ['select'],
        problem: /from timestamp with time zone to timestamp without time zone/,
        remedy: 'columnType',
      },
    ],
  },
  {
    title: 'a trigger that changes what is written',
    migrations: [
      [
        'create function shout() returns trigger language plpgsql as $$ begin new.title := upper(new.title); return new; end $$',
        'create trigger shout before insert or update on product for each row execute function shout()',
      ],
    ],
    breaks: [
      {
        place: 'previous Product.title since M2',
        operations: ['insert', 'insert with defaults', 'update', 'upsert'],
        problem: /^It reads back .* after a write that gave .* before\.$/,
        remedy: 'otherValue',
      },
    ],
  },
  {
    title: 'a trigger that refuses what is written',
    migrations: [
      [
        `create function refuse() returns trigger language plpgsql as $$
         begin if new.quantity > 100 then raise exception 'too many'; end if; return new; end $$`,
        'create trigger refuse before insert or update on product for each row execute function refuse()',
      ],
    ],
    breaks: [
      {
        place: 'previous Product.quantity since M2',
        operations: ['update'],
        problem: /^too many \(SQLSTATE P0001\) in PL\/pgSQL function refuse\(\)/,
        remedy: 'trigger',
      },
    ],
  },
  {
    title: 'another default',
    migrations: [["alter table product alter origin set default 'import'"]],
    entities: changed({ origin: `p.text().defaultRaw("'import'")` }),
    breaks: [
      {
        place: 'previous Product.origin since M2',
        operations: ['insert with defaults'],
        problem: /^It reads back import after a write that gave shop before\.$/,
        remedy: 'otherValue',
      },
    ],
  },
  {
    title: 'a dropped table',
    migrations: [
      ['create table shelf (id serial primary key)', 'alter table product drop category_id'],
      ['drop table category'],
    ],
    entities: onlyProduct,
    breaks: [
      {
        place: 'previous Category since M3',
        operations: ['delete', 'insert', 'insert with defaults', 'select', 'update', 'upsert'],
        problem: /^The table category is gone\.$/,
        remedy: 'tableDropped',
      },
      {
        place: 'previous Product.category since M2',
        operations: ['insert', 'insert with defaults', 'populate', 'select', 'update', 'upsert'],
        problem: /^The column product.category_id is gone\.$/,
        remedy: 'columnDropped',
      },
    ],
  },
  {
    title: 'a new foreign key',
    migrations: [
      ['alter table product add constraint shelf foreign key (quantity) references category (id) not valid'],
    ],
    words: ['--except', 'Product:insert with defaults'],
    breaks: [
      {
        place: 'previous Product.quantity since M2',
        operations: ['update'],
        problem: /violates foreign key constraint "shelf" \(SQLSTATE 23503\)/,
        remedy: 'foreignKey',
      },
    ],
  },
  {
    title: 'a unique key that an upsert relies on',
    migrations: [['alter table category drop constraint category_name_key']],
    breaks: [
      {
        place: 'previous Category since M2',
        operations: ['upsert'],
        problem: /SQLSTATE 42P10/,
        remedy: 'conflict',
      },
    ],
  },
  {
    title: 'null, which only the new release writes',
    migrations: [['alter table product alter title drop not null']],
    entities: changed({ title: 'p.text().nullable()' }),
    breaks: [
      {
        place: 'previous Product.title',
        operations: ['shared row'],
        problem: /^The other release leaves it null, which this one does not expect\.$/,
        remedy: 'nullRead',
      },
    ],
  },
  {
    title: 'a migration that is not written',
    migrations: [],
    entities: changed({ sku: 'p.text().nullable()' }),
    breaks: [
      {
        place: 'new Product.sku',
        operations: ['update', 'upsert'],
        problem: /column "sku" of relation "product" does not exist.*after all migrations/,
        remedy: 'ownSchema',
      },
    ],
  },
  {
    title: 'rows of the previous release, which the new one does not expect before the schema is contracted',
    migrations: [
      ['alter table product add sku text'],
      ["update product set sku = 'x' where sku is null", 'alter table product alter sku set not null'],
    ],
    entities: changed({ sku: 'p.text()' }),
    words: ['--expand-to', 'M2'],
    breaks: [
      {
        place: 'new Product.sku',
        operations: ['shared row'],
        problem: /^The other release leaves it null/,
        remedy: 'nullRead',
      },
    ],
  },
  {
    title: 'what the new release needs comes with what contracts',
    migrations: [['alter table product alter note set default null'], ['alter table product add sku text']],
    entities: changed({ sku: 'p.text().nullable()' }),
    words: ['--expand-to', 'M2'],
    breaks: [
      {
        place: 'new Product.sku',
        operations: ['update', 'upsert'],
        problem: /column "sku" of relation "product" does not exist.*until the later migrations/,
        remedy: 'tooLate',
      },
    ],
  },
  {
    title: 'a break that a later migration mends',
    migrations: [
      ['alter table product alter origin drop default'],
      ["alter table product alter origin set default 'shop'"],
    ],
    breaks: [
      {
        place: 'previous Product.origin since M2 until M3',
        operations: ['insert with defaults'],
        problem: /null value in column "origin"/,
        remedy: 'notNull',
      },
    ],
  },
];

// Each runs both releases in processes of their own. A third of them a day; the whole is `COMPAT_CASES=all`.
const day = Math.floor(Date.now() / 86_400_000);
const isWhole = process.env['COMPAT_CASES'] === 'all';
const chosen = cases.filter((_, index) => isWhole || index === 0 || (index + day) % 3 === 0);

test.each(chosen)('$title', async ({ migrations, entities, words = [], breaks, undecided = [] }) => {
  const { url } = await openDatabase();
  const releases = await createReleases();
  const files = migrations.map((statements, index) => [`migrations/M${index + 2}.sql`, sqlFile(statements)]);
  await releases.write({ ...Object.fromEntries(files), ...(entities && { 'src/entities.ts': entities }) });
  const { code, report } = await releases.compat(url, ...words);
  const found = report.breaks.toSorted((one, two) => (placeOf(one) < placeOf(two) ? -1 : 1));
  expect(found.map((each) => `${placeOf(each)}: ${operationsOf(each).join(', ')}`)).toEqual(
    breaks.map(({ place, operations }) => `${place}: ${operations.join(', ')}`),
  );
  for (const [index, { problem, remedy }] of breaks.entries()) {
    expect(found[index]?.problem).toMatch(problem);
    expect(found[index]?.remedy).toBe(remedies[remedy]);
  }
  expect(
    report.undecided.map(
      ({ release, entity, reason }) => `${[release, entity].filter(Boolean).join(' ')}: ${reason}`,
    ),
  ).toEqual(undecided);
  expect(code).toBe(breaks.length + undecided.length === 0 ? 0 : 3);
});

function placeOf({ release, entity, property, since, until }: CompatibilityBreak): string {
  const place = property === undefined ? entity : `${entity}.${property}`;
  return [release, place, since && `since ${since}`, until && `until ${until}`].filter(Boolean).join(' ');
}

function operationsOf({ operations }: CompatibilityBreak): string[] {
  return operations.map(({ operation }) => operation).toSorted();
}
