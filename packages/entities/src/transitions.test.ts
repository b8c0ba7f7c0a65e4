import { beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../test/refusal.ts';
import { useShopClient } from '../test/shop-client.ts';
import { ids } from '../test/shop-fixture.ts';
import * as shopExports from './index.ts';
import { statusMachines } from './status-machines.ts';

const shop = useShopClient();

test('the table has exactly the transitions of the state machines', async () => {
  const { rows } = await shop.client.query(
    'select machine, from_status as "from", to_status as "to" from status_transition',
  );
  const declared = statusMachines.flatMap(({ table, transitions }) =>
    transitions.map(({ from, to }) => ({ machine: table, from, to })),
  );
  const sorted = (list: unknown[]) => list.map((row) => JSON.stringify(row)).toSorted();
  expect(sorted(rows)).toEqual(sorted(declared));
});

test('a trigger that is told where a row begins is told what the table says', async () => {
  const { rows } = await shop.client.query<{ machine: string; told: string[]; legal: string[] }>(
    `select c.relname as machine, to_json(string_to_array(rtrim(encode(t.tgargs, 'escape'), '\\0'), '\\000')) as told,
       (select json_agg(to_status order by to_status) from status_transition
        where machine = c.relname and from_status = 'new') as legal
     from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where t.tgfoid = 'check_status_transition'::regproc and t.tgnargs > 0 and c.relnamespace = 'public'::regnamespace
     order by 1`,
  );
  expect(rows.map(({ machine }) => machine)).toContain('sales_order');
  for (const { machine, told, legal } of rows) expect(told.toSorted(), machine).toEqual(legal);
});

test('what is said to make a transition is an operation of the package', () => {
  const named = statusMachines.flatMap(({ transitions }) => transitions.flatMap(({ by }) => by));
  const { checkoutWith, noCharges } = shopExports;
  const operations = { ...shopExports, ...checkoutWith({ shipping: noCharges, tax: noCharges }) };
  expect(named.filter((name) => typeof Reflect.get(operations, name) !== 'function')).toEqual([]);
});

describe.each(statusMachines)('$table', ({ table: machine, statuses, transitions }) => {
  // The trigger on a table of the same name that has nothing but a status.
  beforeAll(async () => {
    const told = transitions.flatMap(({ from, to }) => (from === 'new' ? [`'${to}'`] : []));
    await shop.client.query(`
      create schema if not exists bare;
      create table bare.${machine} (status text);
      create trigger transition before insert or update of status on bare.${machine}
        for each row execute function check_status_transition(${told.join(', ')})`);
  });

  test('the trigger accepts exactly the transitions of the state machine', async () => {
    const accepted: Record<string, string[]> = {};
    const refusals = new Set<string>();
    for (const from of ['new', ...statuses]) {
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
    const legal = (from: string) => transitions.filter((one) => one.from === from).map(({ to }) => to);
    expect(accepted).toEqual(
      Object.fromEntries(['new', ...statuses].map((from) => [from, legal(from).toSorted()])),
    );
  });

  test('the table has the trigger, for updates and for inserts', async () => {
    expect(await refusal(shop.client, `update ${machine} set status = 'unknown'`)).toBe(
      `${machine}_status_transition`,
    );
    const last = statuses.find(
      (status) => !transitions.some(({ from, to }) => from === 'new' && to === status),
    );
    const copy = `create temp table copy as select * from ${machine} limit 1; update copy set status = '${last}';
      insert into ${machine} select * from copy`;
    expect(await refusal(shop.client, copy)).toBe(`${machine}_status_transition`);
  });

  test('a status may be set to what it is', async () => {
    expect(await refusal(shop.client, `update ${machine} set status = status`)).toBe('accepted');
  });
});

test('the history of an order begins with its insertion, and has who and what', async () => {
  await shop.client.query(`update payment_transaction set status = 'succeeded', completed_at = now();
    update payment set status = 'authorized', authorized_minor = amount_minor`);
  await shop.client.query(`begin; set local shop.actor = 'agent 7';
    update sales_order set status = 'confirmed' where id = '${ids.order}'; commit`);
  await shop.client.query(`update sales_order set status = 'confirmed', metadata = '{"gift": true}'`);
  await shop.client.query(`update order_line set shipped_quantity = quantity;
    update sales_order set status = 'shipped'`);
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
