import { startTestCluster } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { migrateShop } from '../../test/shop-database.ts';
import { loginRoles, provisionRoles } from './index.ts';

// Roles belong to a cluster: these tests make and break them on one of their own.
let cluster: Awaited<ReturnType<typeof startTestCluster>>;
let url: string;

beforeAll(async () => {
  cluster = await startTestCluster();
});

afterAll(() => cluster?.stop());

beforeEach(async () => {
  await query(cluster.url, 'create database shop');
  url = urlOf({ database: 'shop' });
});

afterEach(async () => {
  const { databases, roles } = (
    await query(
      cluster.url,
      `select (select array_agg(datname::text) from pg_database where not datistemplate and datname <> 'postgres') as databases,
              (select array_agg(rolname::text) from pg_roles where rolname !~ '^pg_' and oid >= 16384
                 and (rolname ~ '^shop_' or rolname in ('master', 'weak', 'rds_iam'))) as roles`,
    )
  )[0] as { databases: string[]; roles: string[] | null };
  for (const database of databases) await query(cluster.url, `drop database ${database} with (force)`);
  if (roles) await query(cluster.url, `drop role ${roles.join(', ')}`);
});

function urlOf(parts: { database: string; user?: string; password?: string }): string {
  const login =
    parts.user === undefined
      ? {}
      : { username: parts.user, password: encodeURIComponent(parts.password ?? '') };
  return Object.assign(new URL(cluster.url), { pathname: parts.database, ...login }).href;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('each role logs in with its password, and acts as intended', async () => {
  const password = '/ "secret" $with: %specials';
  const passwords = { shop_migrator: password, shop_app: password, shop_readonly: password };
  expect(await provisionRoles({ adminUrl: url, passwords })).toEqual({
    database: 'shop',
    created: ['shop_owner', 'shop_migrator', 'shop_app', 'shop_readonly'],
  });
  const rows = [];
  for (const user of loginRoles) {
    const sql = `select session_user, current_user, current_setting('default_transaction_read_only') as read_only`;
    rows.push(...(await query(urlOf({ database: 'shop', user, password }), sql)));
  }
  expect(rows).toEqual([
    { session_user: 'shop_migrator', current_user: 'shop_owner', read_only: 'off' },
    { session_user: 'shop_app', current_user: 'shop_app', read_only: 'off' },
    { session_user: 'shop_readonly', current_user: 'shop_readonly', read_only: 'on' },
  ]);
  const wrong = query(urlOf({ database: 'shop', user: 'shop_app', password: 'wrong' }), 'select 1');
  await expect(wrong).rejects.toMatchObject({ code: '28P01' });
  // Nobody else may connect, and the owner may not log in at all.
  const sql = `select has_database_privilege('pg_monitor', 'shop', 'connect') as others,
    (select rolcanlogin from pg_roles where rolname = 'shop_owner') as owner`;
  expect(await query(url, sql)).toEqual([{ others: false, owner: false }]);
});

test('a lost connection is an error that says so, and ends nothing else', async () => {
  const other = new Client({ connectionString: url });
  await other.connect();
  await other.query('begin; create role shop_owner');
  const provisioning = provisionRoles({ adminUrl: url }).catch((error: unknown) => error);
  await vi.waitFor(async () => {
    const ended = await query(
      cluster.url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'provision-roles' and wait_event_type = 'Lock'`,
    );
    expect(ended).toHaveLength(1);
  }, 10_000);
  expect(await provisioning).toMatchObject({ code: 'connection-lost', exitCode: 1 });
  await other.query('rollback');
  await other.end();
  expect(await provisionRoles({ adminUrl: url })).toMatchObject({ created: { length: 4 } });
});

test('the migrator migrates, and all that it creates is the owner’s', async () => {
  await provisionRoles({ adminUrl: url, passwords: { shop_migrator: 'm' } });
  await migrateShop(urlOf({ database: 'shop', user: 'shop_migrator', password: 'm' }));
  const sql = `select count(*)::int as others from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname = 'public' and relowner <> 'shop_owner'::regrole`;
  expect(await query(url, sql)).toEqual([{ others: 0 }]);
});

test('a second run creates nothing and keeps the passwords', async () => {
  await provisionRoles({ adminUrl: url, passwords: { shop_app: 'kept' } });
  expect(await provisionRoles({ adminUrl: url })).toEqual({ database: 'shop', created: [] });
  await query(urlOf({ database: 'shop', user: 'shop_app', password: 'kept' }), 'select 1');
});

test('several processes can provision databases of one cluster concurrently', async () => {
  const databases = ['a', 'b', 'c', 'd'];
  for (const database of databases) await query(cluster.url, `create database ${database}`);
  const passwords = { shop_app: 'the same for all' };
  const runs = [...databases, ...databases].map((database) =>
    provisionRoles({ adminUrl: urlOf({ database }), passwords }),
  );
  const created = (await Promise.all(runs)).flatMap((run) => run.created);
  expect(created.toSorted()).toEqual(['shop_app', 'shop_migrator', 'shop_owner', 'shop_readonly']);
  for (const database of databases) {
    await query(urlOf({ database, user: 'shop_app', password: passwords.shop_app }), 'select 1');
  }
});

test('the master user of RDS, no superuser, provisions an empty cluster, and again', async () => {
  await query(cluster.url, `create role master login createrole createdb password 'm'`);
  const login = { user: 'master', password: 'm' };
  await query(urlOf({ database: 'postgres', ...login }), 'create database shop2');
  const adminUrl = urlOf({ database: 'shop2', ...login });
  await provisionRoles({ adminUrl, passwords: { shop_migrator: 'm', shop_app: 'a' } });
  await migrateShop(urlOf({ database: 'shop2', user: 'shop_migrator', password: 'm' }));
  expect(await provisionRoles({ adminUrl })).toEqual({ database: 'shop2', created: [] });
  await query(
    urlOf({ database: 'shop2', user: 'shop_app', password: 'a' }),
    "insert into cart (currency_code) values ('EUR')",
  );
});

test('login roles without a password get rds_iam where it exists', async () => {
  await query(url, `create role rds_iam`);
  await provisionRoles({ adminUrl: url, passwords: { shop_readonly: 'with a password' } });
  const memberships = loginRoles.map((role) => `pg_has_role('${role}', 'rds_iam', 'member') as ${role}`);
  expect(await query(url, `select ${memberships.join(', ')}`)).toEqual([
    { shop_migrator: true, shop_app: true, shop_readonly: false },
  ]);
});

test('migrating before the roles exist says what to do', async () => {
  await query(
    url,
    'create role shop_owner; grant all on database shop to shop_owner; grant all on schema public to shop_owner',
  );
  await expect(migrateShop(url)).rejects.toThrow(/roles shop_app and shop_readonly do not exist/);
});

test('an unreachable server is an error without the password', async () => {
  const failure = await provisionRoles({ adminUrl: 'postgres://admin:s3cret@127.0.0.1:1/shop' }).catch(
    (e) => e,
  );
  expect(failure).toMatchObject({
    code: 'database-unreachable',
    message: expect.not.stringContaining('s3cret'),
  });
  await expect(provisionRoles({ adminUrl: 'postgres://admin:s3/cret@127.0.0.1/shop' })).rejects.toMatchObject(
    {
      code: 'invalid-database-url',
      message: expect.not.stringMatching(/s3|cret/),
    },
  );
});

test('an administrator without the rights is shown which they need', async () => {
  await query(url, `create role weak login password 'w'`);
  const adminUrl = urlOf({ database: 'shop', user: 'weak', password: 'w' });
  await expect(provisionRoles({ adminUrl })).rejects.toMatchObject({
    code: 'provisioning-failed',
    hint: expect.stringContaining('CREATEROLE'),
  });
});

test('a role with more rights than the shop gives it is refused', async () => {
  await query(url, 'create role shop_app login superuser');
  await expect(provisionRoles({ adminUrl: url })).rejects.toMatchObject({
    code: 'role-too-powerful',
    message: expect.stringContaining('shop_app'),
  });
});
