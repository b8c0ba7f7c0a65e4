import { readFile, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { bin, configFile, createProject } from '../../test/project.ts';
import { WireProxy } from './wire-proxy.ts';
import { type Outcome, runHere } from '../../test/run-here.ts';

const files = {
  'mikro-orm.config.ts': configFile,
  'migrations/M1.sql': 'create table item (id int primary key, name text);',
  'migrations/M2.sql': 'alter table item add note text;',
  'migrations/repeatable/views.sql': 'create or replace view named as select id, name from item;',
};

/** Runs the command in a new project on a new database. */
async function open(more: Record<string, string> = {}): Promise<{
  folder: string;
  run: (...words: string[]) => Promise<Outcome>;
}> {
  const { url } = await openDatabase();
  const config = `import { defineConfig } from '@mikro-orm/postgresql';
    export default defineConfig({ clientUrl: '${url}', entities: [], discovery: { warnWhenNoEntities: false },
      migrations: { path: './migrations' } });`;
  const { 'mikro-orm.config.ts': _, ...sql } = files;
  const folder = await createProject({ 'mikro-orm.config.js': config, ...sql, ...more });
  const run = (...words: string[]): Promise<Outcome> => runHere(folder, words, { withProgress: false });
  return { folder, run };
}

test('what is proven is in the sum file as long as the files stay, and up can require it', async () => {
  const { folder, run } = await open();
  const sumFile = join(folder, 'migrations/migrations.sum');
  await run('sum');
  const proven = await run('prove', '--all', '--rows', '5', '--kills', '2');
  expect(proven).toMatchObject({ code: 0 });
  expect(proven.text).toContain('M2: proven');
  expect(proven.text).toContain('locks: public.item access exclusive');
  expect(proven.text).toContain('Certified in migrations.sum: M1, M2, repeatable/views.');
  const text = await readFile(sumFile, 'utf8');
  expect(text).toMatch(
    /^# proven M2 files=[0-9a-f]{64} kills=2\/\d+ rows=5 pg=\d+\.\d+ tool=\S+ sha256:[0-9a-f]{64}$/m,
  );
  const require = ['up', '--require-proof', '--json'];
  // Where there is a key, a line without its seal is no proof.
  vi.stubEnv('DMS_PROOF_KEY', 'secret');
  expect((await run(...require)).text).toContain('M1: is not proven');
  vi.unstubAllEnvs();
  // A line that somebody has changed is none.
  await writeFile(sumFile, text.replace('rows=5', 'rows=9000'));
  expect((await run(...require)).text).toMatch(/rows=9000.* is no line of migrations.sum/);
  // Nor is that of another file.
  await writeFile(sumFile, text);
  await writeFile(join(folder, 'migrations/M2.sql'), 'alter table item add note varchar(9);');
  expect((await run('validate')).text).toContain('has changed since it was proven');
  await run('sum');
  expect((await run(...require)).text).toMatch(/M2: is not proven. Prove it: .*prove M2/);
  expect(await run('prove', 'M2.sql', '--kills', '1', '--rows', '5')).toMatchObject({ code: 0 });
  expect(await run(...require)).toMatchObject({ code: 0 });
});

test('findings end in exit code 3, and --json says them all', async () => {
  const block = `do $$ begin commit; insert into item select max(id) + 1 from item; end $$;`;
  const { run } = await open({ 'migrations/M3.sql': `-- no-transaction\n${block}` });
  const { code, text } = await run('prove', 'M3', '--rows', '5', '--json');
  expect(code).toBe(3);
  expect(JSON.parse(text.slice(0, text.lastIndexOf('}') + 1))).toMatchObject({
    certified: [],
    migrations: [{ name: 'M3', verdict: 'failed' }],
  });
});

test('a server of its own is started and removed for --cluster', async () => {
  const { run } = await open();
  const { code, text } = await run('prove', 'M2', '--cluster', '--kills', '1', '--rows', '5');
  expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining('M2: proven') });
});

test('a process that is killed at a request leaves what one leaves that is cut off there', async () => {
  const folder = await createProject(files);
  const states: unknown[] = [];
  for (const how of ['killed', 'cut off'] as const) {
    const { url, client } = await openDatabase();
    await using proxy = await WireProxy.open({ connectionString: url });
    const { host, port } = proxy.session;
    const through = Object.assign(new URL(url), { host: `${host}:${port}` }).href;
    const child = spawn(process.execPath, [bin, 'up', '--url', through], { cwd: folder, stdio: 'ignore' });
    const ended = new Promise<string | null>((resolve) =>
      child.once('close', (_, signal) => resolve(signal)),
    );
    proxy.observe({
      answered: async ({ sql }) => {
        if (!sql.includes('add note')) return;
        if (how === 'cut off') {
          proxy.cut();
          return;
        }
        child.kill('SIGKILL');
        await ended;
      },
    });
    expect(await ended).toBe(how === 'killed' ? 'SIGKILL' : null);
    const inLedger = await column(client, `select name || state from done order by 1`);
    const columns = await column(
      client,
      `select attname::text from pg_attribute where attrelid = 'item'::regclass and attnum > 0 order by attnum`,
    );
    states.push({ inLedger, columns });
  }
  expect(states).toEqual(
    Array.from({ length: 2 }, () => ({ inLedger: ['M1applied'], columns: ['id', 'name'] })),
  );
});
