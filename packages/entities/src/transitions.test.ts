import { beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../test/refusal.ts';
import { useShopClient } from '../test/shop-client.ts';
import { ids } from '../test/shop-fixture.ts';

const shop = useShopClient();

const machines: Record<string, Record<string, string[]>> = {
  cart: { new: ['open'], open: ['completed', 'merged', 'expired'], completed: [], merged: [], expired: [] },
  sales_order: {
    new: ['pending'],
    pending: ['confirmed', 'cancelled'],
    confirmed: ['partially_shipped', 'shipped', 'cancelled'],
    partially_shipped: ['shipped'],
    shipped: ['completed', 'returned'],
    completed: ['returned'],
    cancelled: [],
    returned: [],
  },
  stock_reservation: {
    new: ['held'],
    held: ['consumed', 'released', 'expired'],
    consumed: [],
    released: [],
    expired: [],
  },
  shipment: {
    new: ['pending'],
    pending: ['shipped', 'cancelled'],
    shipped: ['delivered', 'returned'],
    delivered: ['returned'],
    returned: [],
    cancelled: [],
  },
  payment: {
    new: ['pending'],
    pending: ['authorized', 'captured', 'voided', 'failed'],
    authorized: ['captured', 'voided'],
    captured: ['refunded'],
    refunded: [],
    voided: [],
    failed: [],
  },
  payment_transaction: { new: ['pending'], pending: ['succeeded', 'failed'], succeeded: [], failed: [] },
};

describe.each(Object.entries(machines))('%s', (machine, transitions) => {
  const statuses = Object.keys(transitions).filter((status) => status !== 'new');

  // The trigger on a table of the same name that has nothing but a status.
  beforeAll(async () => {
    await shop.client.query(`
      create schema if not exists bare;
      create table bare.${machine} (status text);
      create trigger transition before insert or update of status on bare.${machine}
        for each row execute function check_status_transition()`);
  });

  test('the trigger accepts exactly the transitions of the state machine', async () => {
    const accepted: Record<string, string[]> = {};
    const refusals = new Set<string>();
    for (const from of Object.keys(transitions)) {
      accepted[from] = [];
      for (const to of [...statuses, 'unknown'].filter((status) => status !== from)) {
        const sql =
          from === 'new'
            ? `insert into bare.${machine} values ('${to}')`
            : `set local session_replication_role = replica; insert into bare.${machine} values ('${from}');
               set local session_replication_role = origin; update bare.${machine} set status = '${to}'`;
        const outcome = await refusal(shop.client, sql);
        if (outcome === 'accepted') accepted[from].push(to);
        else refusals.add(outcome);
      }
      accepted[from].sort();
    }
    expect([...refusals]).toEqual([`${machine}_status_transition`]);
    expect(accepted).toEqual(
      Object.fromEntries(Object.entries(transitions).map(([from, to]) => [from, to.toSorted()])),
    );
  });

  test('the table has the trigger, for updates and for inserts', async () => {
    expect(await refusal(shop.client, `update ${machine} set status = 'unknown'`)).toBe(
      `${machine}_status_transition`,
    );
    const last = statuses.at(-1);
    const copy = `create temp table copy as select * from ${machine} limit 1; update copy set status = '${last}';
      insert into ${machine} select * from copy`;
    expect(await refusal(shop.client, copy)).toBe(`${machine}_status_transition`);
  });

  test('a status may be set to what it is', async () => {
    expect(await refusal(shop.client, `update ${machine} set status = status`)).toBe('accepted');
  });
});

test('the history of an order begins with its insertion, and has who and what', async () => {
  await shop.client.query(`begin; set local shop.actor = 'agent 7';
    update sales_order set status = 'confirmed' where id = '${ids.order}'; commit`);
  await shop.client.query(`update sales_order set status = 'confirmed', email = 'b@example.com'`);
  await shop.client.query(`update sales_order set status = 'shipped'`);
  const { rows } = await shop.client.query(
    'select from_status, to_status, changed_by from order_status_history where order_id = $1 order by id',
    [ids.order],
  );
  expect(rows).toEqual([
    { from_status: 'new', to_status: 'pending', changed_by: 'postgres' },
    { from_status: 'pending', to_status: 'confirmed', changed_by: 'agent 7' },
    { from_status: 'confirmed', to_status: 'shipped', changed_by: 'postgres' },
  ]);
});
