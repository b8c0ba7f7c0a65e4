import type { EntityManager } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../test/open-shop.ts';
import { placeOrder, stockedVariant } from '../../test/placed-order.ts';
import { actingAs, cancelOrder, recordAudit, withRetry } from '../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

const look = (em: EntityManager, entityId: string) =>
  recordAudit(em, { action: 'look', entity: 'x', entityId });
const actors = async () =>
  await shop().rows(`select entity_id, actor, database_user from audit_log order by id`);

test('the audit log and the history have the person as well as the database user', async () => {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 1 });
  const cancelling = actingAs('support:17', async (em, input: { orderId: string }) => {
    // One statement without a transaction, and an operation with one.
    await look(em, input.orderId);
    return await cancelOrder(em, input);
  });
  expect(await withRetry(shop().orm.em, cancelling, { orderId })).toMatchObject({ status: 'cancelled' });
  const entry = { entity_id: orderId, actor: 'support:17', database_user: 'postgres' };
  expect(await actors()).toEqual([entry, entry]);
  expect(
    await shop().rows(
      `select to_status, changed_by from order_status_history where order_id = '${orderId}' order by id`,
    ),
  ).toEqual([
    { to_status: 'pending', changed_by: 'postgres' },
    { to_status: 'cancelled', changed_by: 'support:17' },
  ]);
});

test('the name ends with the operation: for the session, the transaction around it, and after a failure', async () => {
  const failing = actingAs('eve', async (em: EntityManager, _input: string) => {
    await look(em, 'undone');
    throw new Error('no');
  });
  await em().transactional(async (em) => {
    await actingAs('ann', async (em: EntityManager, id: string) => {
      await actingAs('bob', look)(em, `${id} by bob`);
      await look(em, `${id} by ann`);
    })(em, 'inner');
    await expect(failing(em, 'x')).rejects.toThrow('no');
    await look(em, 'outer');
  });
  // Sessions of the pool are used again.
  for (let n = 0; n < 3; n++) await look(em(), `later ${n}`);
  expect((await actors()).slice(2)).toEqual([
    { entity_id: 'inner by bob', actor: 'bob', database_user: 'postgres' },
    { entity_id: 'inner by ann', actor: 'ann', database_user: 'postgres' },
    ...['outer', 'later 0', 'later 1', 'later 2'].map((entityId) => ({
      entity_id: entityId,
      actor: 'postgres',
      database_user: 'postgres',
    })),
  ]);
});

test('an empty name is refused', () => {
  expect(() => actingAs('', look)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});
