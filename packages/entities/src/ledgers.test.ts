import { describe, expect, test } from 'vitest';
import { refusal } from '../test/refusal.ts';
import { useShopClient } from '../test/shop-client.ts';

const shop = useShopClient();
const restrictViolation = '23001';

describe.each(['stock_movement', 'order_status_history', 'audit_log'])('%s is append-only', (ledger) => {
  test.each([`update ${ledger} set id = id`, `delete from ${ledger}`, `truncate ${ledger}`])(
    '%s',
    async (sql) => {
      expect(await refusal(shop.client, sql)).toBe(restrictViolation);
      expect(await refusal(shop.client, `set local role shop_owner; ${sql}`)).toBe(restrictViolation);
    },
  );
});

test('a partition of the audit log is append-only, too', async () => {
  const { rows } = await shop.client.query<{ partition: string }>(
    'select tableoid::regclass::text as partition from audit_log',
  );
  const partition = rows[0]?.partition;
  expect(partition).toMatch(/^audit_log_\d{4}_\d{2}$/);
  expect(await refusal(shop.client, `update ${partition} set actor = 'x'`)).toBe(restrictViolation);
  expect(await refusal(shop.client, `delete from ${partition}`)).toBe(restrictViolation);
  expect(await refusal(shop.client, `truncate ${partition}`)).toBe(restrictViolation);
});

describe('rotate_audit_log', () => {
  const partitions = async () => {
    const { rows } = await shop.client.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_log'::regclass order by 1`,
    );
    return rows.map((row) => row.name);
  };

  test('adds what is missing ahead, drops what is old, and is idempotent', async () => {
    await shop.client.query(`select add_audit_log_partitions(now() - interval '5 months', now())`);
    await shop.client.query(
      `insert into audit_log (occurred_at, action, entity) values (now() - interval '5 months', 'old', 'x')`,
    );
    const before = await partitions();
    const dropped = await shop.client.query<{ name: string }>('select rotate_audit_log(2, 30) as name');
    const names = dropped.rows.map((row) => row.name);
    expect(names).toEqual(before.slice(0, 3));
    const after = await partitions();
    // Two months that are kept, this month, thirty ahead.
    expect(after).toHaveLength(33);
    expect(after.slice(0, before.length - 3)).toEqual(before.slice(3));
    expect((await shop.client.query('select rotate_audit_log(2, 30)')).rows).toEqual([]);
    expect(await partitions()).toEqual(after);
    const { rows } = await shop.client.query(`select from audit_log where action = 'old'`);
    expect(rows).toHaveLength(0);
  });

  test('refuses to keep nothing', async () => {
    expect(await refusal(shop.client, 'select rotate_audit_log(0, 1)')).toBe('22023');
  });
});
