import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { addFiles, createProject } from '../../test/project.ts';
import { commandName } from '../migrator-command.ts';
import { type Outcome, runHere } from '../../test/run-here.ts';

interface Project {
  client: Client;
  folder: string;
  /** Makes the entity have these properties. */
  declare: (properties: string) => Promise<void>;
  run: (...words: string[]) => Promise<{ code: number; text: string }>;
  /** Runs the command of a text that begins with these words, as it is printed. */
  follow: (text: string, begin: string) => Promise<{ code: number; text: string }>;
}

async function openProject(): Promise<Project> {
  const { url, client } = await openDatabase();
  const folder = await createProject({});
  await mkdir(join(folder, 'migrations'));
  let generation = 0;
  const declare = async (properties: string): Promise<void> => {
    // Node imports a file once: a changed one needs another name.
    const name = `config${++generation}.js`;
    await addFiles(folder, {
      'package.json': `{ "type": "module", "mikro-orm": { "configPaths": ["./${name}"] } }`,
      [name]: `import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';
const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), ${properties} } });
export default defineConfig({
  clientUrl: '${url}',
  entities: [Item],
  migrations: { path: './migrations', pathTs: './migrations' },
});
`,
    });
  };
  const run = (...words: string[]): Promise<Outcome> => runHere(folder, words);
  const follow = (text: string, begin: string): ReturnType<typeof run> => {
    const command = text.split('`').find((part) => part.startsWith(`${commandName} ${begin}`));
    expect(command, text).toBeDefined();
    return run(...(command ?? '').slice(commandName.length + 1).split(' '));
  };
  return { client, folder, declare, run, follow };
}

test('what create prints can be followed as it is printed', async () => {
  const { client, folder, declare, run, follow } = await openProject();
  const migrations = join(folder, 'migrations');
  const removeNew = async (before: readonly string[]): Promise<void> => {
    for (const name of await readdir(migrations))
      if (!before.includes(name)) await rm(join(migrations, name), { recursive: true });
  };
  await declare('note: p.text(), size: p.integer()');
  expect(await run('create', '--sql')).toMatchObject({
    code: 0,
    text: expect.stringContaining('Wrote 1 file.'),
  });
  expect(await run('up')).toMatchObject({ code: 0 });
  await client.query(`insert into item (note, size) values ('kept', 1)`);
  const first = await readdir(migrations);

  await declare('note: p.text(), size: p.bigint()');
  const refused = await run('create');
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('column-type-changed') });
  expect(await readdir(migrations)).toEqual(first);
  expect(await follow(refused.text, 'create --single')).toMatchObject({ code: 0 });
  await removeNew(first);
  expect(await follow(refused.text, 'create --blank')).toMatchObject({ code: 0 });
  await removeNew(first);

  await declare('remark: p.text(), size: p.integer()');
  const guess = await run('create', '--sql');
  expect(guess.text).toContain('may be a rename: if so, remove the files that were written');
  expect(guess.text).toContain('left alone: column:public.item.note');
  await removeNew(first);
  expect(await follow(guess.text, 'create --rename')).toMatchObject({ code: 0 });
  expect(await run('up')).toMatchObject({ code: 0 });
  expect(await column(client, 'select remark from item')).toEqual(['kept']);

  await declare('size: p.integer()');
  const leftOver = await run('create');
  expect(leftOver.text).toContain('no row can be without column:public.item.remark');
  await expect(client.query('insert into item (size) values (2)')).rejects.toThrow('not-null');
  expect(await follow(leftOver.text, 'create --optional')).toMatchObject({ code: 0 });
  expect(await run('up')).toMatchObject({ code: 0 });
  await client.query('insert into item (size) values (2)');

  expect(
    await run('create', '--drop', 'column:public.item.remark', '--reason', 'not read any more'),
  ).toMatchObject({
    code: 0,
    text: expect.stringContaining('drops: apply it once no release'),
  });
  expect(await run('lint')).toMatchObject({ code: 0 });
  expect(await run('up')).toMatchObject({ code: 0 });
  expect(await run('create')).toEqual({ code: 0, text: 'The migrations have all that the entities have.\n' });
});
