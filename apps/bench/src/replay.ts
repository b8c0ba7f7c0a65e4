import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ormOptions } from '@ecommerce-dms/entities';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Client, Pool, PoolClient } from 'pg';
import type { FilledCart } from './carts.ts';
import { placeOrder } from './place-order.ts';
import { withClient } from './shop-server.ts';

const run = promisify(execFile);
const batchSize = 500;

/** A prepared statement as a checkout has sent it. */
interface SentStatement {
  name: string;
  text: string;
  values: readonly unknown[];
}

/** Whether pgbench is installed; it is no part of the server that local-rds brings. */
export async function hasPgbench(): Promise<boolean> {
  return await run('pgbench', ['--version']).then(
    () => true,
    () => false,
  );
}

/**
 * Checks the carts out in a copy of the database, and keeps in the table `replay` of the database itself what each
 * checkout has sent: there the carts are still open, and pgbench can send the same.
 */
export async function recordCheckouts(url: string, carts: readonly FilledCart[]): Promise<void> {
  const copy = Object.assign(new URL(url), { pathname: '/recorded' }).href;
  const postgres = Object.assign(new URL(url), { pathname: '/postgres' }).href;
  await withClient(postgres, (client) =>
    client.query(`create database recorded template "${new URL(url).pathname.slice(1)}"`),
  );
  const checkouts: SentStatement[][] = [];
  let sent: SentStatement[] = [];
  const options = ormOptions({ url: copy });
  const record = (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const [config, values] = args as [Partial<SentStatement> | undefined, readonly unknown[] | undefined];
      if (config?.name !== undefined && config.text !== undefined) {
        sent.push({ name: config.name, text: config.text, values: values ?? config.values ?? [] });
      }
      return query(...args);
    }) as typeof client.query;
  };
  const orm = await MikroORM.init({
    ...options,
    pool: { max: 1 },
    driverOptions: {
      ...options.driverOptions,
      onPoolCreated: (pool: Pool) => void pool.on('connect', record),
    },
    logger: () => undefined,
  });
  try {
    for (const cart of carts) {
      sent = [];
      await placeOrder(orm, cart);
      checkouts.push(sent);
    }
  } finally {
    await orm.close(true);
  }
  await withClient(postgres, (client) => client.query('drop database recorded'));
  await keep(url, checkouts);
}

/** As `execute` commands, which pgbench sends as they are: its own variables know no null. */
async function keep(url: string, checkouts: readonly SentStatement[][]): Promise<void> {
  const [first = []] = checkouts;
  const names = first.map(({ text }) => text);
  await withClient(url, async (client) => {
    await client.query(
      'create table replay (number bigint primary key, statements text[] not null); create sequence replay_number',
    );
    await client.query('create table replay_text (place int primary key, text text not null)');
    await client.query(
      'insert into replay_text select place, text from unnest($1::text[]) with ordinality as t (text, place)',
      [names],
    );
    const executed = checkouts.map((statements, index) => {
      if (statements.some(({ text }, place) => text !== names[place])) {
        throw new Error(`Checkout ${index} has sent other statements than the first one.`);
      }
      return statements.map(
        ({ values }, place) => `execute s${place + 1} (${values.map(literal).join(', ')})`,
      );
    });
    for (let from = 0; from < executed.length; from += batchSize) {
      await client.query(
        `insert into replay select $1 + place, array(select jsonb_array_elements_text(statements))
         from jsonb_array_elements($2::jsonb) with ordinality as t (statements, place)`,
        [from, JSON.stringify(executed.slice(from, from + batchSize))],
      );
    }
    await client.query('vacuum analyze replay');
  });
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const text = Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Has pgbench send the next recorded checkouts, and returns how many a second: BEGIN, the same prepared statements with
 * the same parameters, COMMIT. What it sends it has to read first, in a statement of its own.
 */
export async function replayCheckouts(
  url: string,
  { clients, checkouts }: { clients: number; checkouts: number },
): Promise<number> {
  const texts = await withClient(url, async (client: Client) => {
    const { rows } = await client.query<{ text: string }>('select text from replay_text order by place');
    return rows.map(({ text }) => text);
  });
  const script = [
    '\\if :ready = 0',
    ...texts.map((text, index) => `prepare s${index + 1} as ${text};`),
    '\\set ready 1',
    '\\endif',
    `select ${texts.map((_text, index) => `statements[${index + 1}] as s${index + 1}`).join(', ')}
      from replay where number = (select nextval('replay_number')) \\gset`,
    'begin;',
    ...texts.map((_text, index) => `:s${index + 1};`),
    'commit;',
  ];
  const folder = await mkdtemp(join(tmpdir(), 'dms-replay-'));
  try {
    const file = join(folder, 'checkout.sql');
    await writeFile(file, `${script.join('\n')}\n`);
    const { hostname, port, username, password, pathname } = new URL(url);
    const perClient = Math.floor(checkouts / clients);
    const options = `-n -M simple -c ${clients} -j 1 -t ${perClient} -D ready=0 -h ${hostname} -p ${port}`;
    const { stdout } = await run(
      'pgbench',
      options.split(' ').concat('-f', file, '-U', decodeURIComponent(username), pathname.slice(1)),
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(password) } },
    );
    if (!stdout.includes(`processed: ${perClient * clients}/`))
      throw new Error(`pgbench did not end:\n${stdout}`);
    return Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
