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
  /**
   * Fills the empty database at `url`, and closes its sessions; called once a run, whatever the number of test files.
   * One that failed is called again, on an empty database.
   */
  prepare(url: string): Promise<void>;
}

/**
 * Makes a database on the run's shared cluster, empty or a clone of `template`.
 *
 * The vitest config must have a `globalSetup` that provides `testClusterUrl` from `startTestCluster()`.
 *
 * @throws UserError `test-cluster-not-found`: the config has no such `globalSetup`.
 * @throws UserError `template-in-use`: the template's `prepare` has left a session open.
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
    throw new UserError('test-cluster-not-found', 'The test run provides no `testClusterUrl`.', {
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
    // A database in use cannot be cloned. First nobody can come back: a pool may be about to.
    await client.query(`alter database ${escapeIdentifier(name)} allow_connections false`);
    await expectNoSession(client, name);
    await client.query(`alter database ${escapeIdentifier(name)} is_template true`);
    return name;
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

/** How long a session may take to end after its client has said goodbye. */
const goodbyeMs = 2000;

/** @throws UserError `template-in-use`, which names the sessions that `prepare` has left open */
async function expectNoSession(client: Client, name: string): Promise<void> {
  for (const patienceEnds = performance.now() + goodbyeMs; ; await delay(20)) {
    const { rows } = await client.query<{ session: string }>(
      `select format('pid %s, application "%s", %s since %s s: %s', pid, application_name, state,
                     round(extract(epoch from clock_timestamp() - state_change)), left(query, 200)) as session
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0) return;
    if (performance.now() < patienceEnds) continue;
    throw new UserError(
      'template-in-use',
      `prepare() of the template has returned and left sessions open in ${name}, so that it cannot be cloned:\n${rows.map(({ session }) => session).join('\n')}`,
      { hint: 'Close what it has opened (client.end(), pool.end(), orm.close()) before it returns.' },
    );
  }
}

async function createDatabase(client: Client, name: string, template: string | undefined): Promise<void> {
  const source = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  for (let attempt = 0; ; attempt++) {
    try {
      await client.query(`create database ${escapeIdentifier(name)}${source} strategy file_copy`);
      return;
    } catch (error) {
      // 55006: somebody is in the template at this moment, which can only be an autovacuum worker.
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
