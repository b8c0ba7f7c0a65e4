// Runs the examples of the packages' READMEs, docs/reference, docs/getting-started and doc comments that need nothing but
// a database: those that import what they need and take nothing as given, and the first of each README. Their database
// is new, and prepared by their package's test/readme.sql.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { removeCluster } from '@ecommerce-dms/local-rds';
import { startTestCluster } from '@ecommerce-dms/local-rds/testing';
import { examplesOf, givenNames, packageFolderOf } from './readme-examples.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const { Client } = createRequire(resolve('packages/local-rds/package.json'))('pg');

async function execute(url, ...statements) {
  const client = new Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Whether the code uses a name that it neither declares nor only has as a key. */
function usesGiven(code, name) {
  const isDeclared = new RegExp(`\\b(const|let) (\\{[^}]*)?\\b${name}\\b`).test(code);
  return !isDeclared && new RegExp(`\\b${name}\\b(?!:)`).test(code);
}

/** The examples of a file that need nothing but a database: see above. */
function runnableExamples(file) {
  const given = givenNames(packageFolderOf(file));
  return examplesOf(file).filter(
    ({ code, hasImports, hasExports }, index) =>
      (index === 0 && file.endsWith('README.md')) ||
      (hasImports && !hasExports && !given.some((name) => usesGiven(code, name))),
  );
}

/** The code with the URLs of this database, as the superuser unless it names a role of the shop. */
function onDatabase(code, url) {
  const { username, password, host, pathname } = new URL(url);
  return code
    .replaceAll(/127\.0\.0\.1(:5432)?\/shop/g, `${host}${pathname}`)
    .replaceAll(/postgres:\/\/(?!shop_)[\w:]+@/g, `postgres://${username}:${password}@`);
}

/** What asks AWS is refused at once, by a port where nobody listens. */
const nobodyAtAws = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_MAX_ATTEMPTS: '1',
};

/** An example that throws a UserError shows one: then it has to be thrown. */
function isDone(code, { status, stderr }) {
  return /^throw new UserError/m.test(code) ? /^UserError: /m.test(stderr) : status === 0;
}

let databases = 0;

/** Runs the examples of some files of one package, one after the other on one database. */
async function runExamples(files, clusterUrl) {
  const examples = files.flatMap((file) => runnableExamples(file).map((example) => ({ file, ...example })));
  if (examples.length === 0) return;
  const folder = packageFolderOf(files[0]);
  const name = `readme_${(databases += 1)}`;
  const url = new URL(`/${name}`, clusterUrl).href;
  const schema = join(folder, 'test/readme.sql');
  await execute(clusterUrl, `create database ${name}`);
  if (existsSync(schema)) await execute(url, readFileSync(schema, 'utf8'));
  const cwd = mkdtempSync(join(folder, '.readme-'));
  try {
    for (const { file, code, line } of examples) {
      writeFileSync(join(cwd, 'example.ts'), onDatabase(code, url));
      const env = { ...process.env, ...nobodyAtAws, DATABASE_URL: url };
      const run = spawnSync(process.execPath, ['example.ts'], { cwd, env, encoding: 'utf8' });
      const done = isDone(code, run);
      console.log(`${done ? 'ok' : 'failed'}  ${file}:${line}`);
      if (done) continue;
      console.error(`${run.stdout}${run.stderr}`);
      process.exitCode = 1;
    }
  } finally {
    // As root, the data may be outside of the folder.
    if (existsSync(join(cwd, '.data/postgres'))) await removeCluster(join(cwd, '.data/postgres'));
    rmSync(cwd, { recursive: true });
  }
}

/** A README goes with its package's reference, whose examples go on where it ends. All other files stand alone. */
function filesThatRunTogether() {
  const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n');
  const packageReadmes = tracked.filter((file) => /^packages\/[^/]+\/README\.md$/.test(file));
  const references = (folder) => tracked.filter((file) => file === `docs/reference/${basename(folder)}.md`);
  const alone = tracked.filter((file) =>
    /^docs\/getting-started\/.*\.md$|^(packages|apps)\/[^/]+\/src\/.*\.ts$/.test(file),
  );
  return [
    ...packageReadmes.map((readme) => [readme, ...references(dirname(readme))]),
    ...alone.map((file) => [file]),
  ];
}

const cluster = await startTestCluster();
try {
  for (const files of filesThatRunTogether()) await runExamples(files, cluster.url);
} finally {
  await cluster.stop();
}
