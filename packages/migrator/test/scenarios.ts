import { migration } from './migration.ts';

const table = 'create table item as select n as id, 1 as kind from generate_series(1, 100) n';

/** Waits while the test holds its advisory lock, longer than an attempt to take locks. */
const stall = ['set lock_timeout = 0', 'select pg_advisory_xact_lock_shared(7)'];

/** Migrations that a test shares with the child processes that it starts. */
export const scenarios = {
  /** A data migration that takes a while: running it twice shows. */
  data: [
    migration('Migration1', ['create table counter (value int)', 'insert into counter values (0)']),
    migration('Migration2', ['select pg_sleep(0.3)', 'update counter set value = value + 1']),
  ],
  /** The third statement of the second migration waits while the test holds its advisory lock. */
  transactional: [
    migration('Migration1', ['create table item (id int)']),
    migration('Migration2', ['insert into item values (1)', ...stall]),
  ],
  /** As above, with an index that is built before, and an ordinary statement after. */
  stepwise: [
    migration('Migration1', [
      table,
      'create index concurrently item_id on item (id)',
      'update item set kind = kind + 1 where id = 1',
      ...stall,
      'update item set kind = kind + 1 where id = 1',
    ]),
  ],
  /** The index waits for a transaction that writes into its table. */
  index: [
    migration('Migration1', ['create table item (id int)']),
    migration('Migration2', ['create index concurrently item_id on item (id)']),
  ],
};

export type Scenario = keyof typeof scenarios;
