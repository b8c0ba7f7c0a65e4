import { readFile, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { bin, configFile, createProject, migrator } from '../../test/project.ts';
import { WireProxy } from './wire-proxy.ts';

const files = {
  'mikro-orm.config.ts': configFile,
  'migrations/M1.sql': 'create table item (id int primary key, name text);',
  'migrations/M2.sql': 'alter table item add note text;',
  'migrations/repeatable/views.sql': 'create or replace view named as select id, name from item;',
};

test('what is proven is in the sum file as long as the files stay, and up can require it', async () => {
  const { url } = await openDatabase();
  const folder = await createProject(files);
  const sumFile = join(folder, 'migrations/migrations.sum');
  expect((await migrator(folder, ['sum', '--url', url])).code).toBe(0);
  const proven = await migrator(folder, ['prove', '--all', '--rows', '20', '--kills', '4', '--url', url]);
  expect(proven).toMatchObject({ code: 0 });
  expect(proven.stdout).toContain('M2: proven');
  expect(proven.stdout).toContain('locks: public.item access exclusive');
  expect(proven.stdout).toContain('Certified in migrations.sum: M1, M2, repeatable/views.');
  const text = await readFile(sumFile, 'utf8');
  expect(text).toMatch(
    /^# proven M2 files=[0-9a-f]{64} kills=4\/\d+ rows=20 pg=\d+\.\d+ tool=\S+ sha256:[0-9a-f]{64}$/m,
  );

  const require = ['up', '--require-proof', '--url', url];
  // A certificate for another key, or none where there is a key, is none.
  expect((await migrator(folder, require, { DMS_PROOF_KEY: 'secret' })).stderr).toContain(
    'M1: is not proven',
  );
  // A line that somebody has changed is no proof, and no line.
  await writeFile(sumFile, text.replace('rows=20', 'rows=9000'));
  expect((await migrator(folder, require)).stderr).toContain('rows=9000');
  // Nor is one of another file.
  await writeFile(sumFile, text);
  await writeFile(join(folder, 'migrations/M2.sql'), 'alter table item add note varchar(9);');
  expect((await migrator(folder, ['validate', '--url', url])).stdout).toContain(
    'has changed since it was proven',
  );
  await migrator(folder, ['sum', '--url', url]);
  expect((await migrator(folder, require)).stderr).toMatch(/M2: is not proven. Prove it: .*prove M2/);
  expect(
    (await migrator(folder, ['prove', 'M2.sql', '--kills', '3', '--rows', '5', '--url', url])).code,
  ).toBe(0);
  expect(await migrator(folder, require)).toMatchObject({ code: 0 });
});

test('findings end in exit code 3, and --json says them all', async () => {
  const { url } = await openDatabase();
  const folder = await createProject({
    ...files,
    'migrations/M3.sql': `-- no-transaction\ndo $$ begin commit; insert into item select max(id) + 1 from item; end $$;`,
  });
  const { code, stdout } = await migrator(folder, ['prove', 'M3', '--rows', '5', '--json', '--url', url]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    certified: [],
    migrations: [{ name: 'M3', verdict: 'failed' }],
  });
});

test('a server of its own is started and removed for --cluster', async () => {
  const { url } = await openDatabase();
  const folder = await createProject(files);
  const { code, stdout, stderr } = await migrator(folder, [
    'prove',
    'M2',
    '--cluster',
    '--kills',
    '2',
    '--rows',
    '5',
    '--url',
    url,
  ]);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining('M2: proven') });
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
