import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { CompatibilityReport } from '../../src/index.ts';
import { runProgram } from '../../src/compat/previous/run-program.ts';
import { addFiles, type Ended, migrator } from '../project.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** The properties of the entity `Product`, as TypeScript. */
export const productProperties = {
  id: 'p.integer().primary()',
  title: 'p.text()',
  price: 'p.decimal().precision(10).scale(2)',
  quantity: 'p.integer().default(0)',
  status: "p.enum(['draft', 'active'])",
  note: 'p.text().nullable()',
  category: '() => p.manyToOne(Category)',
  origin: `p.text().defaultRaw("'shop'")`,
  createdAt: "p.datetime().defaultRaw('now()')",
};

/** The schema of the first release. */
export const firstMigration = [
  'create table category (id serial primary key, name text not null unique)',
  `create table product (id serial primary key, title text not null, price numeric(10,2) not null, quantity int not null default 0,
     status text not null check (status in ('draft', 'active')), note text, category_id int not null references category,
     origin text not null default 'shop', created_at timestamptz not null default now())`,
];

export function entitiesFile(properties: Record<string, string> = productProperties): string {
  const lines = Object.entries(properties).map(([name, text]) => `    ${name}: ${text},\n`);
  return `import { defineEntity, p } from '@mikro-orm/postgresql';

export const Category = defineEntity({
  name: 'Category',
  properties: { id: p.integer().primary(), name: p.text().unique() },
});
export const Product = defineEntity({
  name: 'Product',
  properties: {
${lines.join('')}  },
});
`;
}

const configText = `import { defineConfig } from '@mikro-orm/postgresql';
import { Category, Product } from './src/entities.ts';

interface Where {
  url: string | undefined;
}
const { url } = { url: process.env.DATABASE_URL } satisfies Where;

export default defineConfig({
  clientUrl: url!,
  entities: [Category, Product],
  migrations: { path: './migrations' },
});
`;

/** A repository with a project in a folder of its own. */
export interface TwoReleases {
  repository: string;
  folder: string;
  git: (...args: string[]) => Promise<void>;
  /** Writes files of the project. */
  write: (files: Record<string, string>) => Promise<void>;
  /** Runs the command of the package in the project, on a database. */
  run: (url: string, ...words: string[]) => Promise<Ended>;
  /** The report of `compat` on the release that is tagged `v1`. */
  compat: (url: string, ...words: string[]) => Promise<{ code: number | null; report: CompatibilityReport }>;
}

/** A file of SQL with a migration. */
export function sqlFile(statements: readonly string[]): string {
  return statements.map((sql) => `${sql};\n`).join('');
}

/** A repository outside of this one whose first release is tagged `v1`; gone at the end of the test. */
export async function createReleases(first: Record<string, string> = {}): Promise<TwoReleases> {
  const repository = await realpath(await mkdtemp(join(tmpdir(), 'releases-')));
  onTestFinished(() => rm(repository, { recursive: true, force: true }));
  const folder = join(repository, 'services', 'catalog');
  const git = async (...args: string[]): Promise<void> => {
    const identity = [
      '-c',
      'user.name=team',
      '-c',
      'user.email=team@example.org',
      '-c',
      'commit.gpgsign=false',
    ];
    const { code, output } = await runProgram('git', [...identity, ...args], { cwd: repository });
    if (code !== 0) throw new Error(output);
  };
  const write = (files: Record<string, string>) => addFiles(folder, files);
  await git('init', '--quiet');
  await addFiles(repository, { '.gitignore': 'node_modules\n' });
  await write({
    'package.json': '{ "type": "module" }',
    'mikro-orm.config.ts': configText,
    'src/entities.ts': entitiesFile(),
    'migrations/M1.sql': sqlFile(firstMigration),
    ...first,
  });
  await symlink(modules, join(folder, 'node_modules'));
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'First release');
  await git('tag', 'v1');
  const run = (url: string, ...words: string[]) => migrator(folder, words, { DATABASE_URL: url });
  const compat: TwoReleases['compat'] = async (url, ...words) => {
    const { code, stdout, stderr } = await run(url, 'compat', '--previous', 'v1', '--json', ...words);
    if (stdout === '') throw new Error(stderr);
    return { code, report: JSON.parse(stdout) };
  };
  return { repository, folder, git, write, run, compat };
}
