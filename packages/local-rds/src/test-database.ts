import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { Client, escapeIdentifier } from 'pg';

/** A database of one test. */
export interface TestDatabase {
  name: string;
  /** Superuser URL. */
  url: string;
  /** Ends its sessions and removes it. */
  drop(): Promise<void>;
}

/** What the databases of several tests start from. */
export interface TestTemplate {
  /** Its identity within the run: the same name, the same contents. */
  name: string;
  /** Fills the empty database at `url`; called once a run, whatever the number of test files. */
  prepare(url: string): Promise<void>;
}

/**
 * A new database on the run's shared cluster, empty or a clone of `template`.
 *
 * The vitest config must have a `globalSetup` that provides `testClusterUrl` from `startTestCluster()`.
 *
 * @example
 * ```ts
 * const database = await createTestDatabase({ template: { name: 'schema', prepare: migrate } });
 * console.log(database.url);
 * await database.drop();
 * ```
 */
export async function createTestDatabase(options: { template?: TestTemplate } = {}): Promise<TestDatabase> {
  const { inject } = await import('vitest');
  const clusterUrl = inject('testClusterUrl' as never) as string | undefined;
  if (clusterUrl === undefined) {
    throw new UserError('no-test-cluster', 'The test run provides no `testClusterUrl`.', {
      hint: 'Call startTestCluster() in a globalSetup of the vitest config, and provide its url under that name.',
    });
  }
  return await withClient(clusterUrl, async (client) => {
    const name = `test_${randomBytes(8).toString('hex')}`;
    const template = options.template && (await ensureTemplate(client, clusterUrl, options.template));
    await createDatabase(client, name, template);
    return {
      name,
      url: databaseUrl(clusterUrl, name),
      drop: () =>
        withClient(clusterUrl, async (client) => {
          await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
        }),
    };
  });
}

/** Builds the template unless it exists, and says its name. Test files ask at once: one builds, the others wait. */
async function ensureTemplate(client: Client, clusterUrl: string, template: TestTemplate): Promise<string> {
  const name = `template_${template.name}`;
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    const done = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [name]);
    if (done.rowCount === 1) return name;
    await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    await createDatabase(client, name, undefined);
    await template.prepare(databaseUrl(clusterUrl, name));
    await client.query(`alter database ${escapeIdentifier(name)} is_template true`);
    return name;
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

async function createDatabase(client: Client, name: string, template: string | undefined): Promise<void> {
  const source = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  for (let attempt = 0; ; attempt++) {
    try {
      await client.query(`create database ${escapeIdentifier(name)}${source} strategy file_copy`);
      return;
    } catch (error) {
      // 55006: another session, an autovacuum worker among them, is in the template at this moment.
      if ((error as { code?: string }).code !== '55006' || attempt === 100) throw error;
      await delay(50);
    }
  }
}

function databaseUrl(clusterUrl: string, name: string): string {
  const url = new URL(clusterUrl);
  url.pathname = name;
  return url.href;
}

async function withClient<Result>(url: string, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
