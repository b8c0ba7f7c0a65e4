import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../test/fixtures.ts';
import { createProject, type Ended, migrator } from '../../test/project.ts';

const config = (
  properties: string,
): string => `import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';

const Book = defineEntity({ name: 'Book', properties: { id: p.integer().primary(), ${properties} } });

export default defineConfig({ entities: [Book], migrations: { path: './migrations' } });
`;

test('a change of entities goes from create over lint, drift and prove to up, with its backfill between', async () => {
  const { url, client } = await openDatabase();
  const folder = await createProject({
    'mikro-orm.config.ts': config('title: p.text(), old: p.text().nullable()'),
  });
  const run = (...words: string[]): Promise<Ended> => migrator(folder, [...words, '--url', url]);
  const passes = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    expect({ words, code, stdout, stderr }).toMatchObject({ code: 0 });
    return stdout;
  };
  await passes('create', '--name', 'first');
  await passes('sum');
  await passes('up');
  await client.query(`insert into book (title) values ('one'), ('two')`);
  await writeFile(
    join(folder, 'mikro-orm.config.ts'),
    config(`title: p.text().unique(), isbn: p.string().length(13), kind: p.enum(['a', 'b']).default('a'),
      pages: p.integer().nullable().check('pages > 0')`),
  );
  const { files } = JSON.parse(await passes('create', '--name', 'second', '--json'));
  expect(files).toHaveLength(4);
  const backfills = join(folder, 'migrations/backfills');
  const [file = ''] = await readdir(backfills);
  const text = await readFile(join(backfills, file), 'utf8');
  expect((await run('up')).stderr).toContain('in place of a value');
  await writeFile(join(backfills, file), text.replace(/\/\*.*\*\//, 'id::text'));
  await passes('sum');

  await passes('lint');
  // What is pending is no drift, and neither is what a backfill comes before.
  await passes('drift');
  expect(await passes('prove', '--kills', '2', '--rows', '50')).toMatch(
    /_expand: proven[^]*_indexes: proven[^]*_validate: proven/,
  );

  const refused = await run('up', '--require-proof');
  expect(refused.stderr).toMatch(/requires the backfill .*, which is not finished/);
  const [, last = ''] = /up --to (\S+)`/.exec(refused.stderr) ?? [];
  await passes('up', '--require-proof', '--to', last);
  await passes('backfill');
  await passes('up', '--require-proof');
  const { rows } = await client.query('select isbn, kind from book order by id');
  expect(rows).toEqual([
    { isbn: '1', kind: 'a' },
    { isbn: '2', kind: 'a' },
  ]);
  await passes('validate');
  await passes('create', '--drop', 'column:public.book.old', '--reason', 'not read since 2.0');
  await passes('lint');
  await passes('up');
  await passes('drift');
  expect(await passes('create')).toContain('have all that the entities have');
});
