import { expect, test } from 'vitest';
import { broken, catalogDatabase, rowVersions } from '../../test/catalog-database.ts';
import { csv, readText, simpleRow } from '../../test/catalog-csv.ts';

const lamp = {
  ...simpleRow,
  'Variant SKU': 'LAMP',
  'Variant Inventory Qty': '10',
  'Variant Inventory Policy': 'deny',
};
const read = (cells: Record<string, string>) => readText(csv([{ ...lamp, ...cells }]));

test('a changed price ends the old one where the new one begins', async () => {
  const shop = await catalogDatabase();
  const on = (day: string) => ({ at: new Date(`${day}T00:00:00Z`) });
  await shop.import(await read({ 'Variant Price': '10' }), on('2026-01-01'));
  expect((await shop.import(await read({ 'Variant Price': '12' }), on('2026-03-01'))).prices).toEqual({
    opened: 1,
    closed: 1,
    unchanged: 0,
  });
  // A price of an earlier day fits in between, and the later one stays.
  await shop.import(await read({ 'Variant Price': '11' }), on('2026-02-01'));
  // The price of the same instant is corrected.
  await shop.import(await read({ 'Variant Price': '13' }), on('2026-03-01'));
  // Before the first price.
  await shop.import(await read({ 'Variant Price': '9' }), on('2025-12-01'));
  const history = await shop.rows(
    `select amount_minor, lower(valid)::date::text as since, upper(valid)::date::text as until from price order by valid`,
  );
  expect(history).toEqual([
    { amount_minor: '900', since: '2025-12-01', until: '2026-01-01' },
    { amount_minor: '1000', since: '2026-01-01', until: '2026-02-01' },
    { amount_minor: '1100', since: '2026-02-01', until: '2026-03-01' },
    { amount_minor: '1300', since: '2026-03-01', until: null },
  ]);
  expect(await broken(shop)).toEqual([]);
});

test('prices in other currencies and lists stay', async () => {
  const shop = await catalogDatabase();
  await shop.import(await read({}));
  const yen = await readText(csv([{ ...lamp, 'Variant Price': '1500' }]), { currency: 'JPY' });
  expect((await shop.import(yen)).prices).toEqual({ opened: 1, closed: 0, unchanged: 0 });
  expect(
    await shop.rows('select currency_code, amount_minor from price where upper(valid) is null order by 1'),
  ).toEqual([
    { currency_code: 'JPY', amount_minor: '1500' },
    { currency_code: 'USD', amount_minor: '1000' },
  ]);
});

test('units sold between two imports stay sold', async () => {
  const shop = await catalogDatabase();
  await shop.import(await read({}));
  const sell = (quantity: number) =>
    shop.client.query(`with level as (update stock_level set on_hand = on_hand - (${quantity}) returning *)
      insert into stock_movement (variant_id, location_id, kind, quantity, note) select variant_id, location_id, 'adjustment', -(${quantity}), 'sold' from level`);
  const onHand = () => shop.rows('select on_hand from stock_level');
  await sell(4);
  expect((await shop.import(await read({}))).stock).toMatchObject({ received: 0, adjusted: 0, unchanged: 1 });
  expect(await onHand()).toEqual([{ on_hand: 6 }]);
  expect((await shop.import(await read({ 'Variant Inventory Qty': '15' }))).stock).toMatchObject({
    received: 0,
    adjusted: 1,
  });
  expect(await onHand()).toEqual([{ on_hand: 11 }]);
  await sell(11);
  const { stock } = await shop.import(await read({ 'Variant Inventory Qty': '12' }));
  expect(stock.short).toEqual([{ handle: 'lamp', sku: 'LAMP', optionValues: {}, units: 3 }]);
  expect(await onHand()).toEqual([{ on_hand: 0 }]);
  await sell(-10);
  expect((await shop.import(await read({ 'Variant Inventory Qty': '12' }))).stock).toMatchObject({
    adjusted: 1,
    short: [],
  });
  expect(await onHand()).toEqual([{ on_hand: 7 }]);
  expect(
    await shop.rows(`select kind, quantity from stock_movement where note = 'catalog import' order by id`),
  ).toEqual([
    { kind: 'receipt', quantity: 10 },
    { kind: 'adjustment', quantity: 5 },
    { kind: 'adjustment', quantity: -3 },
  ]);
  expect(await broken(shop)).toEqual([]);
});

test('an import sees the sale that it waited for', async () => {
  const shop = await catalogDatabase();
  await shop.import(await read({}));
  const buyer = await shop.connect();
  await buyer.query('begin');
  await buyer.query(`with level as (update stock_level set on_hand = on_hand - 8 returning *)
    insert into stock_movement (variant_id, location_id, kind, quantity)
    select variant_id, location_id, 'adjustment', -8 from level`);
  const importing = shop.import(await read({ 'Variant Inventory Qty': '5' }));
  await waitForLock(shop);
  await buyer.query('commit');
  expect((await importing).stock.short).toMatchObject([{ sku: 'LAMP', units: 3 }]);
  expect(await broken(shop)).toEqual([]);
});

test('sales during imports are neither lost nor refused by a constraint', async () => {
  const shop = await catalogDatabase();
  await shop.import(await read({ 'Variant Inventory Qty': '200' }));
  let sold = 0;
  const buy = async (): Promise<void> => {
    const buyer = await shop.connect();
    for (let count = 0; count < 60; count++) {
      const { rowCount } = await buyer.query(`with level as (
          update stock_level set on_hand = on_hand - 1 where on_hand - reserved >= 1 returning *)
        insert into stock_movement (variant_id, location_id, kind, quantity, note)
        select variant_id, location_id, 'adjustment', -1, 'sold' from level`);
      sold += rowCount ?? 0;
    }
  };
  const restock = async (): Promise<void> => {
    for (const quantity of [20, 200, 0, 150, 10, 190, 5, 100]) {
      await shop.import(await read({ 'Variant Inventory Qty': String(quantity) }));
    }
  };
  await Promise.all([buy(), buy(), buy(), restock()]);
  const short =
    (await shop.import(await read({ 'Variant Inventory Qty': '100' }))).stock.short[0]?.units ?? 0;
  expect(await shop.rows('select on_hand from stock_level')).toEqual([{ on_hand: 100 - sold + short }]);
  expect(await broken(shop)).toEqual([]);
});

test('each location has its own stock', async () => {
  const shop = await catalogDatabase();
  await shop.import(await read({}), { location: 'berlin' });
  await shop.import(await read({ 'Variant Inventory Qty': '3' }), { location: 'oslo-2' });
  expect(
    await shop.rows(
      'select code, on_hand from stock_level join stock_location l on l.id = location_id order by 1',
    ),
  ).toEqual([
    { code: 'berlin', on_hand: 10 },
    { code: 'oslo-2', on_hand: 3 },
  ]);
  await expect(shop.import(await read({}), { location: 'Oslo 2' })).rejects.toMatchObject({
    code: 'invalid-settings',
    exitCode: 2,
  });
});

test('a price that changes during an import makes the whole import fail', async () => {
  const shop = await catalogDatabase();
  await shop.import(await read({}));
  const before = await rowVersions(shop);
  const rival = await shop.connect();
  await rival.query('begin');
  await rival.query(
    `update price set valid = tstzrange(lower(valid), lower(valid) + interval '1 hour') returning id`,
  );
  await rival.query(
    `insert into price (variant_id, currency_code, amount_minor, valid) select variant_id, 'USD', 1, tstzrange(upper(valid), null) from price`,
  );
  const importing = shop.import(await read({ 'Variant Price': '20', Title: 'Light' }), {
    at: new Date(Date.now() + 7_200_000),
  });
  await waitForLock(shop);
  await rival.query('commit');
  await expect(importing).rejects.toMatchObject({ code: 'catalog-busy' });
  expect(await shop.rows('select title from product')).toEqual([{ title: 'Lamp' }]);
  expect((await rowVersions(shop)).length).toBe(before.length + 1);
});

async function waitForLock({ rows }: Awaited<ReturnType<typeof catalogDatabase>>): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await rows(waiting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('who changed prices and stock is in the audit log and the ledger, once for each import that did', async () => {
  const shop = await catalogDatabase();
  const at = { at: new Date('2026-01-01T00:00:00Z') };
  const first = await read({ 'Variant Price': '10' });
  await shop.import(first, { ...at, actor: 'buyer:2' });
  await shop.import(first, { ...at, actor: 'buyer:3' });
  const changed = await read({ 'Variant Price': '12', 'Variant Inventory Qty': '8' });
  await shop.import(changed, { at: new Date('2026-02-01T00:00:00Z'), actor: 'buyer:4' });
  expect(
    await shop.rows(`select actor, detail->'prices' as prices, detail->'stock' as stock from audit_log
      where action = 'catalog.import' order by id`),
  ).toEqual([
    { actor: 'buyer:2', prices: { opened: 1, closed: 0 }, stock: { received: 1, adjusted: 0 } },
    { actor: 'buyer:4', prices: { opened: 1, closed: 1 }, stock: { received: 0, adjusted: 1 } },
  ]);
  expect(await shop.rows('select kind, actor from stock_movement order by id')).toEqual([
    { kind: 'receipt', actor: 'buyer:2' },
    { kind: 'adjustment', actor: 'buyer:4' },
  ]);
});
