import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { urlAs } from '../../test/shop-database.ts';
import { useShopClient } from '../../test/shop-client.ts';
import { ormOptions, recordAudit, rotateAuditLog, withRetry } from '../index.ts';

const shop = useShopClient();
let app: MikroORM;
let owner: MikroORM;

beforeAll(async () => {
  const open = (role: string) =>
    MikroORM.init({ ...ormOptions({ url: urlAs(shop.url, role) }), logger: () => undefined });
  [app, owner] = [await open('shop_app'), await open('shop_owner')];
});

afterAll(async () => {
  await app?.close(true);
  await owner?.close(true);
});

const entries = async (action: string) => {
  const { rows } = await shop.client.query(
    'select actor, database_user, entity, entity_id, detail from audit_log where action = $1',
    [action],
  );
  return rows;
};

test('an entry has who did what to which row', async () => {
  const detail = { from: 10, to: 'none', lines: [1, { a: null }] };
  await recordAudit(app.em.fork(), {
    actor: 'ann',
    action: 'price.set',
    entity: 'price',
    entityId: '7',
    detail,
  });
  await recordAudit(app.em.fork(), { action: 'price.set', entity: 'price' });
  expect(await entries('price.set')).toEqual([
    { actor: 'ann', database_user: 'postgres', entity: 'price', entity_id: '7', detail },
    { actor: 'postgres', database_user: 'postgres', entity: 'price', entity_id: null, detail: {} },
  ]);
});

test('an entry is rolled back with its transaction', async () => {
  const failing = app.em.fork().transactional(async (em) => {
    await recordAudit(em, { action: 'undone', entity: 'price' });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await entries('undone')).toEqual([]);
});

test('an invalid entry is refused', async () => {
  await expect(recordAudit(app.em.fork(), { action: '', entity: '' })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/action.*entity/),
  });
});

test('the owner rotates the log while the shop writes to it', async () => {
  await shop.client.query(`select add_audit_log_partitions(now() - interval '4 months', now())`);
  const writing = Promise.all(
    Array.from({ length: 20 }, () => recordAudit(app.em.fork(), { action: 'busy', entity: 'price' })),
  );
  const dropped = await withRetry(owner.em, rotateAuditLog, { keepMonths: 1 });
  expect(dropped).toHaveLength(3);
  expect(dropped.every((name) => /^audit_log_\d{4}_\d{2}$/.test(name))).toBe(true);
  await writing;
  expect(await entries('busy')).toHaveLength(20);
  expect(await rotateAuditLog(owner.em.fork(), { keepMonths: 1, aheadMonths: 12 })).toEqual([]);
});

test('the application cannot rotate, and the owner must keep at least a month', async () => {
  await expect(rotateAuditLog(app.em.fork(), { keepMonths: 1 })).rejects.toMatchObject({
    code: 'permission-denied',
  });
  await expect(rotateAuditLog(owner.em.fork(), { keepMonths: 0 })).rejects.toMatchObject({
    code: 'invalid-input',
  });
});
