import type { Client } from 'pg';
import { withClient } from './shop-server.ts';

/** Branches; each has 10 tellers and 100,000 accounts, as in pgbench at this scale. */
const scale = 10;

/** Makes and fills the tables of pgbench's TPC-B-like script. */
export async function prepareTpcb(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`
      create table tpcb_branches (bid int primary key, bbalance int, filler char(88)) with (fillfactor = 100);
      create table tpcb_tellers (tid int primary key, bid int, tbalance int, filler char(84));
      create table tpcb_accounts (aid int primary key, bid int, abalance int, filler char(84));
      create table tpcb_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      insert into tpcb_branches select n, 0 from generate_series(1, ${scale}) as n;
      insert into tpcb_tellers select n, (n - 1) / 10 + 1, 0 from generate_series(1, ${scale * 10}) as n;
      insert into tpcb_accounts select n, (n - 1) / 100000 + 1, 0, '' from generate_series(1, ${scale * 100_000}) as n;
    `);
    await client.query('vacuum analyze tpcb_accounts');
  });
}

/** One transaction of pgbench's TPC-B-like script: its seven statements. */
export async function tpcb(client: Client): Promise<void> {
  const aid = random(scale * 100_000);
  const bid = random(scale);
  const tid = random(scale * 10);
  const delta = random(10_001) - 5001;
  await client.query('begin');
  await client.query('update tpcb_accounts set abalance = abalance + $1 where aid = $2', [delta, aid]);
  await client.query('select abalance from tpcb_accounts where aid = $1', [aid]);
  await client.query('update tpcb_tellers set tbalance = tbalance + $1 where tid = $2', [delta, tid]);
  await client.query('update tpcb_branches set bbalance = bbalance + $1 where bid = $2', [delta, bid]);
  await client.query(
    'insert into tpcb_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)',
    [tid, bid, aid, delta],
  );
  await client.query('end');
}

/** 1 to `most`. */
function random(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}
