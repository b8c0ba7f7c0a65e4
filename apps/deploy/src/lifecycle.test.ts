import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bin, dms, folderWith, followHint, query, scratchFolder, urlsIn } from '../test/dms.ts';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
});
afterAll(() => folder.remove());

function isProcess(pid: number | null): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

describe('from nothing to a checked database, and back', () => {
  let urls: { writer: string; reader: string; migrator: string };

  test('up starts, migrates, imports, seeds, validates, evaluates alarms and prices the stack', async () => {
    const { code, stdout, stderr } = await dms(folder.path, 'up', '--orders', '300', '--json');
    expect(stderr).toMatch(/^ok {2}PostgreSQL 18\.\d+ on 127\.0\.0\.1: writer \d+, hot standby \d+/m);
    expect(code).toBe(0);
    const { stages } = JSON.parse(stdout);
    expect(stages.start.synchronous).toBe(true);
    expect(stages.import.products.created).toBeGreaterThan(50);
    expect(stages.seed.orders).toBe(300);
    expect(stages.validate.writer.totals).toMatchObject({ failed: 0, error: 0, skipped: 0 });
    expect(stages.validate.reader.server.role).toBe('standby');
    expect(stages.validate.reader.totals).toMatchObject({ failed: 0, error: 0, skipped: 0 });
    expect(stages.alarms.firing).toEqual([]);
    expect(stages.synth.types.aws_db_instance).toBe(2);
    expect(stages.policy.findings).toEqual([]);
    expect(stages.cost).toMatchObject({ hours: 3, unpriced: [] });
  });

  test('what up prints into a pipe has no password, urls prints it', async () => {
    urls = await urlsIn(folder.path);
    const passwords = Object.values(urls).map((url) => new URL(url).password);
    expect(passwords.every((password) => password.length > 20)).toBe(true);
    const text = await dms(folder.path, 'up');
    const json = await dms(folder.path, 'up', '--json');
    expect(text.stdout).toContain("'dms urls' prints them with their passwords.");
    for (const { stdout, stderr } of [text, json]) {
      expect(stdout).toContain(`postgres://shop_app:***@127.0.0.1:${new URL(urls.writer).port}/shop`);
      for (const password of passwords) expect(stdout + stderr).not.toContain(password);
    }
    expect((await dms(folder.path, 'urls', 'reader')).stdout).toBe(`${urls.reader}\n`);
    expect((await dms(folder.path, 'urls')).stdout).toMatch(new RegExp(`^migrator +${urls.migrator}$`, 'm'));
  });

  // util-linux's, which other systems have not.
  const script = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  test.skipIf(!script.includes('util-linux'))('on a terminal up shows the connections as they are', () => {
    const command = `CI= && unset CI && '${process.execPath}' '${bin}' up`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    for (const url of Object.values(urls)) expect(stdout).toContain(url);
    expect(stdout).not.toContain('dms urls');
  });

  test('the printed connections work: the writer writes, the reader is a standby that has every order', async () => {
    const orders = 'select count(*)::int as orders, pg_is_in_recovery() as standby from sales_order';
    expect(await query(urls.writer, orders)).toEqual([{ orders: 300, standby: false }]);
    expect(await query(urls.reader, orders)).toEqual([{ orders: 300, standby: true }]);
    await expect(query(urls.writer, 'drop table sales_order')).rejects.toThrow(/must be owner/);
  });

  test('no secret is in the state file, and nobody else may read the passwords', async () => {
    const state = await readFile(join(folder.path, '.dms', 'local', 'run.json'), 'utf8');
    for (const url of Object.values(urls)) expect(state).not.toContain(new URL(url).password);
    const { mode } = await stat(join(folder.path, '.dms', 'local', 'credentials.json'));
    expect(mode & 0o077).toBe(0);
  });

  test('up again changes nothing, whatever the number of orders asked for', async () => {
    const { code, stdout } = await dms(folder.path, 'up', '--orders', '999', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(await urlsIn(folder.path)).toEqual(urls);
    expect(document.stages.migrate.applied).toEqual([]);
    expect(document.stages.import.products).toMatchObject({ created: 0, updated: 0 });
    expect(document.stages.seed).toMatchObject({ orders: 300 });
    expect(document.stages.seed.loaded).toBeUndefined();
  });

  test('a changed price closes the old one', async () => {
    const file = join(folder.path, 'changed.csv');
    const sample = await readFile(sampleCatalogPath, 'utf8');
    await writeFile(file, sample.replace(/,deny,\d+\.\d\d,/, ',deny,12345.67,'));
    const { code, stdout } = await dms(folder.path, 'import', file, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).prices).toMatchObject({ opened: 1, closed: 1 });
  });

  test('seed refuses a database that has orders', async () => {
    const { code, stderr } = await dms(folder.path, 'seed', '--orders', '10');
    expect(stderr).toContain('sales_order');
    expect(stderr).toContain('--allow-non-empty');
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
  });

  test('validate finds what is broken, shows it and ends with 3', async () => {
    await query(urls.migrator, 'alter table sales_order disable trigger user');
    const found = await dms(folder.path, 'validate');
    expect(found.code).toBe(3);
    expect(found.stdout).toContain('sales_order');
    await query(urls.migrator, 'alter table sales_order enable trigger user');
    expect((await dms(folder.path, 'validate')).code).toBe(0);
  });

  test('status shows endpoints, replication, migrations and alarms', async () => {
    const { code, stdout } = await dms(folder.path, 'status');
    expect(code).toBe(0);
    expect(stdout).toContain(`127.0.0.1:${new URL(urls.writer).port}`);
    expect(stdout).toMatch(/standby .* bytes behind/);
    expect(stdout).toContain('none pending');
    expect(stdout).toContain('Alarms: none');
  });

  test('down keeps the data, down --purge does not; no server is left', async () => {
    const before = JSON.parse((await dms(folder.path, 'status', '--json')).stdout);
    expect((await dms(folder.path, 'down')).code).toBe(0);
    expect((await dms(folder.path, 'up', '--json')).code).toBe(0);
    expect(await query(urls.writer, 'select count(*)::int as orders from sales_order')).toEqual([
      { orders: 300 },
    ]);
    expect((await dms(folder.path, 'down', '--purge')).code).toBe(0);
    for (const { pid } of before.servers.nodes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect((await dms(folder.path, 'status')).stdout).toContain('stopped');
  });
});

test('down in a folder whose data was moved away says where the servers run, and ends with 1; there it stops them', async () => {
  const [path, moved] = [join(folder.path, 'before'), join(folder.path, 'after')];
  for (const directory of [path, moved]) await mkdir(directory);
  // As `dms up` starts it.
  const directory = join(path, '.dms', 'local', 'cluster');
  await startCluster({ directory });
  const { nodes } = await clusterStatus(directory);
  await rename(join(path, '.dms'), join(moved, '.dms'));
  const down = await dms(path, 'down', '--purge');
  expect(down.code).toBe(1);
  expect(down.stdout).not.toContain('deleted');
  expect(down.stderr).toContain(`process ${nodes[0]?.pid} in `);
  const purged = await dms(moved, 'down', '--purge');
  expect(purged.stdout).toContain('deleted its data');
  for (const { pid } of nodes) await expect.poll(() => isProcess(pid)).toBe(false);
  const again = await dms(path, 'down', '--purge');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was stopped') });
});

test(
  'in a folder that was renamed while it ran, commands name the one that restarts it',
  { timeout: 120_000 },
  async () => {
    const [path, moved] = [join(folder.path, 'old-name'), join(folder.path, 'new-name')];
    // Where the account of the servers cannot enter, the data is elsewhere and is not renamed.
    await chmod(folder.path, 0o711);
    await folderWith({ local: { target: 'local', orders: 0 } }, path);
    await startCluster({ directory: join(path, '.dms', 'local', 'cluster') });
    await rename(path, moved);
    for (const command of ['status', 'alarms']) {
      const { code, stderr } = await dms(moved, command);
      expect(stderr).toContain("The folder of 'local' was renamed while its servers ran");
      expect(stderr).not.toContain('pg_monitor');
      expect(code).toBe(1);
    }
    const [followed] = await followHint(moved, (await dms(moved, 'alarms')).stderr);
    expect(followed?.code).toBe(0);
    expect((await dms(moved, 'status')).stdout).toContain("Environment 'local': running");
    expect((await dms(moved, 'down', '--purge')).code).toBe(0);
  },
);

// Two whole runs on a busy machine take their time.
test('two at once wait for each other, and both end well', { timeout: 120_000 }, async () => {
  const path = join(folder.path, 'two');
  await mkdir(path);
  const both = await Promise.all([1, 2].map(() => dms(path, 'up', '--orders', '200', '--json')));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const loads = both.map(({ stdout }) => JSON.parse(stdout).stages.seed.loaded !== undefined);
  expect(loads.filter(Boolean)).toHaveLength(1);
  expect(both.map(({ stderr }) => stderr).join('')).toContain("Waiting for another dms command on 'local'.");
  expect((await dms(path, 'down', '--purge')).code).toBe(0);
});

describe('up refuses', () => {
  test('a catalog with faults: all of them at once, before anything is started', async () => {
    const path = join(folder.path, 'faults');
    await mkdir(path);
    const sample = await readFile(sampleCatalogPath, 'utf8');
    await writeFile(join(path, 'bad.csv'), sample.replaceAll(/,deny,\d+\.\d\d,/g, ',deny,ten,'));
    const { code, stdout, stderr } = await dms(path, 'up', '--catalog', 'bad.csv');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.match(/bad\.csv:\d+: Variant Price "ten"/g)?.length).toBeGreaterThan(50);
    expect((await dms(path, 'status')).stdout).toContain('stopped');
  });

  test.each([
    { name: 'missing.csv', content: undefined },
    { name: 'empty.csv', content: '' },
    { name: 'header.csv', content: 'Handle,Title\n' },
  ])('the catalog $name', async ({ name, content }) => {
    if (content !== undefined) await writeFile(join(folder.path, name), content);
    const { code, stderr } = await dms(folder.path, 'up', '--catalog', name);
    expect(code).toBe(2);
    expect(stderr).toContain(name);
  });

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await dms(folder.path, 'up', '--port', String(port), '--orders', '10');
    server.close();
    expect(stderr).toContain(`${port}`);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
  });
});
