import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  createReleases,
  entitiesFile,
  firstMigration,
  productProperties,
  sqlFile,
  type TwoReleases,
} from '../../test/compat/two-releases.ts';
import { column, openDatabase } from '../../test/fixtures.ts';
import { bin } from '../../test/project.ts';
import { runProgram } from './previous/run-program.ts';

const dropNote = { 'migrations/M2.sql': sqlFile(['alter table product drop note']) };
const noteIsGone = [expect.objectContaining({ entity: 'Product', property: 'note', since: 'M2' })];

/** The commands of a message, as a shell takes them. */
function remediesIn(text: string): string[] {
  return [...text.matchAll(/`npx @ecommerce-dms\/migrator ([^`]+)`/g)].map(([, words = '']) => words);
}

/** Runs a command of a message, with what stands for a word that the user has to choose. */
async function follow(
  { folder }: TwoReleases,
  url: string,
  remedy: string,
  chosen: Record<string, string> = {},
): Promise<number | null> {
  const words = Object.entries(chosen).reduce((text, [word, value]) => text.replace(word, value), remedy);
  const { VITEST: _, ...inherited } = process.env;
  const { code } = await runProgram(`"${process.execPath}" "${bin}" ${words}`, [], {
    cwd: folder,
    shell: true,
    env: { ...inherited, DATABASE_URL: url },
  });
  return code;
}

test('a package of the repository is that of the commit, and nothing stays behind', async () => {
  const { url, client } = await openDatabase();
  const releases = await createReleases({
    '../model/package.json': '{ "name": "model", "type": "module", "exports": "./entities.ts" }',
    '../model/entities.ts': entitiesFile(),
    'src/entities.ts': `export { Category, Product } from 'model';\n`,
  });
  const { folder, repository } = releases;
  const modules = await realpath(join(folder, 'node_modules'));
  // As pnpm links it.
  await rm(join(folder, 'node_modules'));
  await mkdir(join(folder, 'node_modules'));
  for (const name of await readdir(modules)) {
    if (!name.startsWith('.')) await symlink(join(modules, name), join(folder, 'node_modules', name));
  }
  await symlink('../../model', join(folder, 'node_modules', 'model'));
  await symlink(modules, join(repository, 'services', 'model', 'node_modules'));
  const { note: _, ...properties } = productProperties;
  await releases.write({ ...dropNote, '../model/entities.ts': entitiesFile(properties) });
  // Other tests compare releases at the same time.
  const temporary = await mkdtemp(join(tmpdir(), 'own-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  vi.stubEnv('TMPDIR', temporary);
  const { report } = await releases.compat(url).finally(() => vi.unstubAllEnvs());
  expect(report.breaks).toEqual(noteIsGone);
  expect(await readdir(temporary)).toEqual([]);
  // Neither a table nor a database, nor anything in the repository.
  expect(await column(client, `select count(*)::int from pg_class where relname = 'product'`)).toEqual([0]);
  const { stdout } = await runProgram('git', ['worktree', 'list'], { cwd: repository });
  expect(stdout.trim().split('\n')).toHaveLength(1);
});

test('an installed copy of the previous release, in plain JavaScript', async () => {
  const { url } = await openDatabase();
  const releases = await createReleases();
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'copy-')));
  onTestFinished(() => rm(copy, { recursive: true }));
  const { folder } = releases;
  await cp(join(folder, 'migrations'), join(copy, 'dist', 'migrations'), { recursive: true });
  await symlink(await realpath(join(folder, 'node_modules')), join(copy, 'node_modules'));
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }');
  await writeFile(join(copy, 'dist', 'entities.js'), entitiesFile());
  await writeFile(
    join(copy, 'dist', 'mikro-orm.config.js'),
    `import { defineConfig } from '@mikro-orm/postgresql';
import { Category, Product } from './entities.js';
export default defineConfig({ clientUrl: process.env.DATABASE_URL, entities: [Category, Product], migrations: { path: './dist/migrations' } });
`,
  );
  const { note: _, ...properties } = productProperties;
  await releases.write({ ...dropNote, 'src/entities.ts': entitiesFile(properties) });
  const { stdout } = await releases.run(url, 'compat', '--previous-package', copy, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ breaks: noteIsGone, previous: { title: copy } });
  const missing = await releases.run(url, 'compat', '--previous-package', './nothing');
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('There is neither a folder') });
  const [remedy = ''] = remediesIn(missing.stderr);
  expect(await follow(releases, url, remedy, { FOLDER: copy })).toBe(3);
});

test('what cannot be decided is said, unless it is excepted', async () => {
  const { url } = await openDatabase();
  const releases = await createReleases({
    'migrations/M1b.sql': sqlFile([
      `create function closed() returns trigger language plpgsql as $$ begin raise exception 'closed'; end $$`,
      'create trigger closed before delete on product for each row execute function closed()',
      'create trigger shut before insert on category for each row execute function closed()',
    ]),
  });
  const { code, report } = await releases.compat(url);
  expect(code).toBe(3);
  expect(report.breaks).toEqual([]);
  const shown = report.undecided.map(({ release, entity, operation, reason }) =>
    [release, entity, operation, reason].filter(Boolean).join(' '),
  );
  expect(shown).toEqual(
    expect.arrayContaining([
      'previous Category It has no row to write: closed. Make rows with --rows-sql FILE.',
      'previous Product It has no row to write: it refers to public.category, which has no rows. Make rows with --rows-sql FILE.',
    ]),
  );
  await releases.write({
    'rows.sql': `alter table category disable trigger shut; insert into category (name) values ('one'); alter table category enable trigger shut;
      insert into product (title, price, status, category_id) select 'one', 1, 'draft', id from category`,
  });
  const withRows = await releases.compat(url, '--rows-sql', 'rows.sql');
  const operations = withRows.report.undecided.map(
    ({ release, entity, operation }) => `${release} ${entity}:${operation}`,
  );
  expect(new Set(operations)).toEqual(
    new Set(
      ['previous', 'new'].flatMap((release) => [
        `${release} Category:insert`,
        `${release} Category:insert with defaults`,
        `${release} Category:upsert`,
        `${release} Product:delete`,
      ]),
    ),
  );
  const except = ['Category:insert*', 'Category:upsert', '*:delete'].flatMap((each) => ['--except', each]);
  const excepted = await releases.compat(url, '--rows-sql', 'rows.sql', ...except);
  expect(excepted).toMatchObject({ code: 0, report: { undecided: [], excepted: operations.length } });
  const unused = await releases.compat(url, '--rows-sql', 'rows.sql', ...except, '--except', 'Nothing.here');
  expect(unused).toMatchObject({
    code: 3,
    report: { undecided: [{ reason: 'The exception Nothing.here matches nothing.' }] },
  });
});

test('a previous release that cannot be had, and what its hints lead to', { timeout: 240_000 }, async () => {
  const { url } = await openDatabase();
  const releases = await createReleases({
    'src/mikro-orm.config.js': `import { rows } from 'only-then';
import { defineConfig } from '@mikro-orm/postgresql';
import { Category, Product } from './entities.ts';
export default defineConfig({ clientUrl: process.env.DATABASE_URL, entities: [Category, Product], migrations: { path: './migrations' } });
`,
  });
  await releases.git('rm', '--quiet', 'services/catalog/src/mikro-orm.config.js');
  await releases.git('commit', '--quiet', '-m', 'Second release');
  for (const words of [['--previous', 'v9'], ['--previous', '--all'], []]) {
    const { code, stderr } = await releases.run(url, 'compat', ...words);
    expect(code).toBe(2);
    const [remedy = ''] = remediesIn(stderr);
    expect(await follow(releases, url, remedy)).toBe(0);
  }
  const options = ['--previous', 'v1', '--previous-config', 'src/mikro-orm.config.js'];
  const { code, stderr } = await releases.run(url, 'compat', ...options);
  expect(code).toBe(1);
  expect(stderr).toContain("Cannot find package 'only-then'");
  const [remedy = ''] = remediesIn(stderr);
  const modules = await realpath(join(releases.folder, 'node_modules'));
  // What `npm ci` would do.
  await releases.write({
    'install.sh': `mkdir -p node_modules/only-then && ln -s ${modules}/* node_modules/ && echo '{ "type": "module", "exports": "./index.js" }' > node_modules/only-then/package.json && echo 'export const rows = 1;' > node_modules/only-then/index.js\n`,
  });
  const chosen = {
    REF: 'v1 --previous-config src/mikro-orm.config.js',
    'npm ci': `sh ${join(releases.folder, 'install.sh')}`,
  };
  expect(await follow(releases, url, remedy, chosen)).toBe(0);
  const last = await releases.run(url, 'compat', '--previous', 'HEAD', '--expand-to', 'M9');
  expect(last).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('M9 is no migration that the previous release lacks'),
  });
});

/** Packages of MikroORM as another installation has them: of the same version, and none of ours. */
async function installMikroOrm(target: string, modules: string): Promise<void> {
  for (const name of ['core', 'migrations', 'postgresql']) {
    const siblings = dirname(dirname(await realpath(join(modules, '@mikro-orm', name))));
    for (const sibling of await readdir(siblings)) {
      if (sibling.startsWith('@')) {
        await mkdir(join(target, sibling), { recursive: true });
        for (const scoped of await readdir(join(siblings, sibling))) {
          const own = sibling === '@mikro-orm';
          await place(join(siblings, sibling, scoped), join(target, sibling, scoped), own);
        }
      } else await place(join(siblings, sibling), join(target, sibling), false);
    }
  }
}

async function place(from: string, to: string, isCopied: boolean): Promise<void> {
  if (existsSync(to)) return;
  if (isCopied) await cp(await realpath(from), to, { recursive: true });
  else await symlink(await realpath(from), to);
}

test(
  "a previous release with MikroORM's own migrator, of another installation",
  { timeout: 240_000 },
  async () => {
    const { url } = await openDatabase();
    const releases = await createReleases({
      'migrations/M1.sql': '',
      'migrations/M1.ts': `import { Migration } from '@mikro-orm/migrations';
export class M1 extends Migration {
  override up(): void {
    for (const sql of ${JSON.stringify(firstMigration)}) this.addSql(sql);
  }
}
`,
    });
    const { folder } = releases;
    await rm(join(folder, 'migrations', 'M1.sql'));
    const copy = await realpath(await mkdtemp(join(tmpdir(), 'own-')));
    onTestFinished(() => rm(copy, { recursive: true }));
    for (const name of ['package.json', 'mikro-orm.config.ts', 'src', 'migrations']) {
      await cp(join(folder, name), join(copy, name), { recursive: true });
    }
    const config = await readFile(join(folder, 'mikro-orm.config.ts'), 'utf8');
    const own = config
      .replace('import {', `import { Migrator } from '@mikro-orm/migrations';\nimport {`)
      .replace('entities:', 'extensions: [Migrator], entities:');
    await writeFile(join(copy, 'mikro-orm.config.ts'), own);
    await installMikroOrm(join(copy, 'node_modules'), await realpath(join(folder, 'node_modules')));
    const { note: _, ...properties } = productProperties;
    await releases.write({ ...dropNote, 'src/entities.ts': entitiesFile(properties) });
    const { code, stderr } = await releases.run(url, 'compat', '--previous-package', copy);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("MikroORM's own migrator"),
    });
    const [remedy = ''] = remediesIn(stderr);
    const options = remedy.replace(/^compat --previous REF/, '').replace('URL', url);
    const { stdout } = await releases.run(
      url,
      'compat',
      '--previous-package',
      copy,
      '--json',
      ...options.trim().split(' '),
    );
    expect(JSON.parse(stdout)).toMatchObject({ breaks: noteIsGone });
  },
);

test('releases without entities show nothing, and are not called compatible', async () => {
  const { url } = await openDatabase();
  const none = `import { defineConfig } from '@mikro-orm/postgresql';
export default defineConfig({ entities: [], discovery: { warnWhenNoEntities: false }, migrations: { path: './migrations' } });
`;
  const releases = await createReleases({ 'mikro-orm.config.ts': none });
  const { code, report } = await releases.compat(url);
  expect(report.undecided.map(({ release, reason }) => `${release}: ${reason}`)).toEqual([
    expect.stringMatching(/^previous: Its configuration names no entities/),
    expect.stringMatching(/^new: Its configuration names no entities/),
  ]);
  expect(code).toBe(3);
});
