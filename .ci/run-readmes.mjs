// Runs the examples of the packages' READMEs, each README's on a new database that its package's test/readme.sql
// prepares: the first example, and all others that import what they need and take nothing as given.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { removeCluster } from '@ecommerce-dms/local-rds';
import { startTestCluster } from '@ecommerce-dms/local-rds/testing';
import { examplesOf, givenNames } from './readme-examples.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const { Client } = createRequire(resolve('packages/local-rds/package.json'))('pg');

async function execute(url, ...statements) {
  const client = new Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** The examples of a package that need nothing but a database. */
function runnableExamples(folder) {
  const isGiven = new RegExp(`\\b(${givenNames(folder).join('|') || '(?!)'})\\b`);
  return examplesOf(readFileSync(join(folder, 'README.md'), 'utf8')).filter(
    ({ code, hasImports, hasExports }, index) =>
      index === 0 || (hasImports && !hasExports && !isGiven.test(code)),
  );
}

/** The code with the URLs of this database, as the superuser unless it names a role of the shop. */
function onDatabase(code, url) {
  const { username, password, host, pathname } = new URL(url);
  return code
    .replaceAll(/127\.0\.0\.1(:5432)?\/shop/g, `${host}${pathname}`)
    .replaceAll(/postgres:\/\/(?!shop_)[\w:]+@/g, `postgres://${username}:${password}@`);
}

async function runExamples(packageName, clusterUrl) {
  const folder = join('packages', packageName);
  const name = `readme_${packageName.replaceAll('-', '_')}`;
  const url = new URL(`/${name}`, clusterUrl).href;
  const schema = join(folder, 'test/readme.sql');
  await execute(clusterUrl, `CREATE DATABASE ${name}`);
  if (existsSync(schema)) await execute(url, readFileSync(schema, 'utf8'));
  const cwd = mkdtempSync(join(folder, '.readme-'));
  try {
    for (const { code, line } of runnableExamples(folder)) {
      writeFileSync(join(cwd, 'example.ts'), onDatabase(code, url));
      const env = { ...process.env, DATABASE_URL: url };
      const { status, stdout, stderr } = spawnSync(process.execPath, ['example.ts'], {
        cwd,
        env,
        encoding: 'utf8',
      });
      // The example of errors is one that is thrown.
      const isDone = packageName === 'errors' ? stderr.includes('UserError: Port 5432') : status === 0;
      console.log(`${isDone ? 'ok' : 'failed'}  ${folder}/README.md:${line}`);
      if (isDone) continue;
      console.error(`${stdout}${stderr}`);
      process.exitCode = 1;
    }
  } finally {
    // As root, the data may be outside of the folder.
    if (existsSync(join(cwd, '.data/postgres'))) await removeCluster(join(cwd, '.data/postgres'));
    rmSync(cwd, { recursive: true });
  }
}

const cluster = await startTestCluster();
try {
  for (const name of readdirSync('packages')) await runExamples(name, cluster.url);
} finally {
  await cluster.stop();
}
