import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  key,
  locationId,
  outcomes,
  placeOrder,
  stockedVariant,
  stockOf,
  superuser,
} from '../../../test/placed-order.ts';
import {
  actingAs,
  adjustStock,
  createLocation,
  getProduct,
  setBackorderLimit,
  transferStock,
  updateLocation,
} from '../../index.ts';

const { shop, em } = useOrderShop();
const unknown = '00000000-0000-7000-8000-000000000000';
const at = (index = 0) => locationId(shop(), index);
const code = async (operation: Promise<unknown>) => (await outcomes([operation]))[0];
const ledger = async (variantId: string) =>
  await shop().rows(
    `select kind, quantity, reason, note, actor from stock_movement
     where variant_id = '${variantId}' and kind <> 'receipt' order by id`,
  );

async function adjust(variantId: string, change: { delta: number } | { onHand: number }, more: object = {}) {
  const lines = [{ variantId, ...change }];
  const request = { ...key(), locationId: await at(), lines, reason: 'count' as const, ...more };
  return await adjustStock(em(), request);
}

describe('adjustStock', () => {
  test('changes what is there by a number, or to what was counted, with its row of the ledger', async () => {
    const variantId = await stockedVariant(shop(), 10);
    const request = {
      ...key(),
      locationId: (await at()).toUpperCase(),
      lines: [{ variantId: variantId.toUpperCase(), delta: -3 }],
      reason: 'damage' as const,
      note: 'water',
    };
    const adjustment = actingAs('warehouse:3', adjustStock);
    const results = await Promise.all(Array.from({ length: 8 }, () => adjustment(em(), request)));
    expect(results[7]).toEqual({ levels: [{ variantId, onHand: 7, reserved: 0, backordered: 0 }] });
    await adjust(variantId, { onHand: 7 });
    await adjust(variantId, { onHand: 12 }, { reason: 'found' });
    expect(await stockOf(shop(), variantId)).toEqual([{ on_hand: 12, reserved: 0 }]);
    expect(await ledger(variantId)).toEqual([
      { kind: 'adjustment', quantity: -3, reason: 'damage', note: 'water', actor: 'warehouse:3' },
      { kind: 'adjustment', quantity: 5, reason: 'found', note: null, actor: expect.any(String) },
    ]);
    await expect(adjustment(em(), { ...request, reason: 'loss' })).rejects.toMatchObject({
      code: 'idempotency-conflict',
    });
  });

  test('what is reserved stays, but for what may be back-ordered; refused, nothing was done', async () => {
    const variantId = await stockedVariant(shop(), 10);
    await placeOrder(shop(), { [variantId]: 6 });
    expect(await code(adjust(variantId, { delta: -5 }))).toBe('stock-reserved');
    expect(await code(adjust(variantId, { onHand: 5 }))).toBe('stock-reserved');
    expect(await code(adjust(variantId, { delta: -11 }))).toBe('stock-reserved');
    expect(await code(adjust(variantId, { delta: 1 }, { reason: 'because' }))).toBe('invalid-input');
    expect(await code(adjust(unknown, { delta: 1 }))).toBe('stock-not-found');
    expect(await code(adjust(variantId, { delta: 1 }, { locationId: unknown }))).toBe('stock-not-found');
    expect(await ledger(variantId)).toEqual([]);
    await setBackorderLimit(em(), { variantId, locationId: await at(), backorderLimit: 4 });
    const { levels } = await adjust(variantId, { onHand: 2 });
    expect(levels).toEqual([{ variantId, onHand: 2, reserved: 6, backordered: 4 }]);
    expect(await code(adjust(variantId, { delta: -1 }))).toBe('stock-reserved');
  });

  test('8 counts and 8 corrections at once agree with the ledger, without deadlock', async () => {
    const variants = [await stockedVariant(shop(), 20, 20), await stockedVariant(shop(), 20, 20)];
    const locations = [await at(0), await at(1)];
    const codes = await outcomes(
      Array.from({ length: 16 }, (_, n) => {
        const order = n % 3 === 0 ? variants : variants.toReversed();
        const change = n % 2 === 0 ? { delta: -1 } : { onHand: 20 + n };
        const lines = order.map((variantId) => ({ variantId, ...change }));
        const where = locations[n % 2] ?? '';
        return adjustStock(em(), { ...key(), locationId: where, lines, reason: 'count' });
      }),
    );
    expect(new Set(codes)).toEqual(new Set(['done']));
  });
});

describe('transferStock', () => {
  test('moves goods at once, once a key, with two rows of the ledger that sum to 0', async () => {
    const variantId = await stockedVariant(shop(), 10, 1);
    const request = {
      ...key(),
      fromLocationId: await at(0),
      toLocationId: await at(1),
      lines: [{ variantId, quantity: 4 }],
      note: 'truck 9',
    };
    const transfer = actingAs('warehouse:3', transferStock);
    await Promise.all(Array.from({ length: 8 }, () => transfer(em(), request)));
    expect(await stockOf(shop(), variantId)).toEqual([
      { on_hand: 6, reserved: 0 },
      { on_hand: 5, reserved: 0 },
    ]);
    const entry = { kind: 'transfer', reason: null, note: 'truck 9', actor: 'warehouse:3' };
    expect(new Set(await ledger(variantId))).toEqual(
      new Set([
        { ...entry, quantity: -4 },
        { ...entry, quantity: 4 },
      ]),
    );
  });

  test('what is reserved stays; refused, nothing was done', async () => {
    const variantId = await stockedVariant(shop(), 10, 0);
    await placeOrder(shop(), { [variantId]: 6 });
    const request = { fromLocationId: await at(0), toLocationId: await at(1) };
    const move = async (quantity: number, more: object = {}) =>
      await code(transferStock(em(), { ...key(), ...request, lines: [{ variantId, quantity }], ...more }));
    expect(await move(5)).toBe('stock-reserved');
    expect(await move(1, { toLocationId: request.fromLocationId.toUpperCase() })).toBe('invalid-input');
    expect(await move(1, { toLocationId: unknown })).toBe('stock-not-found');
    expect(await move(1, { lines: [{ variantId: unknown, quantity: 1 }] })).toBe('stock-not-found');
    const twice = [variantId, variantId.toUpperCase()].map((each) => ({ variantId: each, quantity: 1 }));
    expect(await move(1, { lines: twice })).toBe('invalid-input');
    expect(await ledger(variantId)).toEqual([]);
    expect(await move(4)).toBe('done');
    expect(
      await move(1, { fromLocationId: request.toLocationId, toLocationId: request.fromLocationId }),
    ).toBe('done');
  });

  test('transfers to and fro of the same goods in any order neither deadlock nor lose any', async () => {
    const variants = [await stockedVariant(shop(), 30, 30), await stockedVariant(shop(), 30, 30)];
    const [here, there] = [await at(0), await at(1)];
    const codes = await outcomes(
      Array.from({ length: 24 }, (_, n) => {
        const order = n % 3 === 0 ? variants : variants.toReversed();
        const lines = order.map((variantId) => ({ variantId, quantity: 1 + (n % 4) }));
        const [fromLocationId, toLocationId] = n % 2 === 0 ? [here, there] : [there, here];
        return transferStock(em(), { ...key(), fromLocationId, toLocationId, lines });
      }),
    );
    expect(codes.filter((each) => each !== 'done' && each !== 'stock-reserved')).toEqual([]);
    for (const variantId of variants) {
      const levels = (await stockOf(shop(), variantId)) as { on_hand: number }[];
      expect(levels.reduce((sum, level) => sum + level.on_hand, 0)).toBe(60);
    }
  });

  test('the database refuses half of a transfer, also by plain SQL', async () => {
    const variantId = await stockedVariant(shop(), 1);
    const rows = `insert into stock_movement (variant_id, location_id, kind, quantity, transfer_id)
      values ('${variantId}', '${await at()}', 'transfer', 1, gen_random_uuid())`;
    const client = await superuser(shop());
    await expect(client.query(rows)).rejects.toMatchObject({ constraint: 'stock_movement_transfer_sum' });
  });
});

describe('setBackorderLimit', () => {
  test('lets more be sold than is there, and no less than is sold already; the audit log has it', async () => {
    const variantId = await stockedVariant(shop(), 1);
    const limit = async (backorderLimit: number) => ({ variantId, locationId: await at(), backorderLimit });
    await setBackorderLimit(em(), { ...(await limit(5)), reason: 'on its way' });
    await placeOrder(shop(), { [variantId]: 4 });
    expect(await code(setBackorderLimit(em(), await limit(2)))).toBe('stock-reserved');
    await setBackorderLimit(em(), await limit(3));
    expect(await code(setBackorderLimit(em(), { ...(await limit(3)), variantId: unknown }))).toBe(
      'stock-not-found',
    );
    expect(
      await shop().rows(
        `select detail ->> 'backorderLimit' as limit, detail ->> 'before' as before, detail ->> 'reason' as reason
         from audit_log where action = 'stock.set_backorder_limit' and entity_id = '${variantId}' order by id`,
      ),
    ).toEqual([
      { limit: '5', before: '0', reason: 'on its way' },
      { limit: '3', before: '5', reason: null },
    ]);
  });

  test('of 8 buyers at once and a limit that is lowered no more are sold than it allows', async () => {
    const variantId = await stockedVariant(shop(), 0);
    const locationOf = await at();
    await setBackorderLimit(em(), { variantId, locationId: locationOf, backorderLimit: 8 });
    const buyers = Array.from({ length: 8 }, () => placeOrder(shop(), { [variantId]: 1 }));
    const lowered = setBackorderLimit(em(), { variantId, locationId: locationOf, backorderLimit: 3 });
    const codes = await outcomes(buyers);
    const [outcome] = await outcomes([lowered]);
    const sold = codes.filter((each) => each === 'done').length;
    expect(outcome === 'done' ? sold <= 3 : outcome === 'stock-reserved' && sold > 3).toBe(true);
  });
});

describe('locations', () => {
  test('one that is deactivated sells nothing, and nothing may be reserved there', async () => {
    const variantId = await stockedVariant(shop(), 5);
    const created = await createLocation(em(), { code: `l-${randomUUID()}`, name: 'Shop' });
    const { locationId: shopId } = created;
    await transferStock(em(), {
      ...key(),
      fromLocationId: await at(),
      toLocationId: shopId,
      lines: [{ variantId, quantity: 5 }],
    });
    await placeOrder(shop(), { [variantId]: 1 });
    const deactivate = { locationId: shopId, active: false };
    expect(await code(updateLocation(em(), deactivate))).toBe('location-in-use');
    expect(await code(updateLocation(em(), { ...deactivate, name: 'x' }))).toBe('location-in-use');
    await updateLocation(em(), { locationId: shopId, name: 'Corner shop' });
    expect(await shop().rows(`select name, active from stock_location where id = '${shopId}'`)).toEqual([
      { name: 'Corner shop', active: true },
    ]);
    const empty = await createLocation(em(), { code: `l-${randomUUID()}`, name: 'Empty' });
    await updateLocation(em(), { ...deactivate, locationId: empty.locationId });
    const other = await stockedVariant(shop(), 0);
    await adjustStock(em(), {
      ...key(),
      locationId: empty.locationId,
      lines: [{ variantId: other, delta: 3 }],
      reason: 'found',
    });
    const [{ handle } = { handle: '' }] = await shop().rows<{ handle: string }>(
      `select handle from product p join product_variant v on v.product_id = p.id where v.id = '${other}'`,
    );
    const available = async () =>
      (await getProduct(em(), { handle, currency: 'EUR' })).variants[0]?.available;
    expect(await available()).toBe(0);
    expect(await code(placeOrder(shop(), { [other]: 1 }))).toBe('out-of-stock');
    await updateLocation(em(), { locationId: empty.locationId, active: true });
    expect(await available()).toBe(3);
    await updateLocation(em(), { locationId: empty.locationId, active: false });
  });

  test('a code is taken once, also by 8 at once; what does not exist is not found', async () => {
    const location = { code: `l-${randomUUID()}`, name: 'x' };
    const codes = await outcomes(Array.from({ length: 8 }, () => createLocation(em(), location)));
    expect(codes).toEqual(['done', ...Array.from({ length: 7 }, () => 'location-exists')]);
    expect(await code(updateLocation(em(), { locationId: unknown, name: 'x' }))).toBe('location-not-found');
  });
});

fuzzOperation(
  'adjustStock',
  shop,
  sample(adjustStock, async (shop) => ({
    ...key(),
    locationId: await locationId(shop),
    lines: [
      { variantId: await stockedVariant(shop, 9), delta: -3 },
      { variantId: await stockedVariant(shop, 9), onHand: 4 },
    ],
    reason: 'count' as const,
    note: 'shelf 7',
  })),
);

fuzzOperation(
  'transferStock',
  shop,
  sample(transferStock, async (shop) => ({
    ...key(),
    lines: [
      { variantId: await stockedVariant(shop, 9, 0), quantity: 3 },
      { variantId: await stockedVariant(shop, 9, 0), quantity: 4 },
    ],
    fromLocationId: await locationId(shop, 0),
    toLocationId: await locationId(shop, 1),
    note: 'truck 9',
  })),
);

fuzzOperation(
  'setBackorderLimit',
  shop,
  sample(setBackorderLimit, async (shop) => ({
    variantId: await stockedVariant(shop, 9),
    locationId: await locationId(shop),
    backorderLimit: 5,
    reason: 'on its way',
  })),
);

fuzzOperation(
  'createLocation',
  shop,
  sample(createLocation, () => ({ code: `l-${randomUUID()}`, name: 'Shop', active: false, reason: 'new' })),
);

fuzzOperation(
  'updateLocation',
  shop,
  sample(updateLocation, async (shop) => ({
    locationId: (await createLocation(shop.em(), { code: `l-${randomUUID()}`, name: 'Shop' })).locationId,
    name: 'Corner shop',
    active: false,
    reason: 'closed',
  })),
);
