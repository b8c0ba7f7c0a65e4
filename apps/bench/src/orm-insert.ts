import { randomUUID } from 'node:crypto';
import { OrderLine, ProductVariant, SalesOrder } from '@ecommerce-dms/entities';
import { withOrm } from './shop-server.ts';

const batch = 1000;
const linesPerOrder = 2;

/**
 * Seconds that MikroORM's `insertMany` takes for orders and their lines, 1,000 rows a statement, with all constraints
 * and triggers in place. The triggers write a history row an order besides, which is not counted.
 *
 * @param rows of both tables together
 */
export async function insertByOrm(url: string, rows: number): Promise<number> {
  return await withOrm(url, async (orm) => {
    const em = orm.em.fork();
    const variants = (await em.findAll(ProductVariant, { limit: linesPerOrder })).map(
      (variant) => variant.id,
    );
    const startedAt = performance.now();
    for (let written = 0; written < rows; written += batch * (1 + linesPerOrder)) {
      const orders = Array.from({ length: batch }, () => ({
        id: randomUUID(),
        email: 'ann.smith@example.com',
        currency: 'USD',
        subtotalMinor: 2000n,
        totalMinor: 2000n,
      }));
      // An order is placed with its lines in one transaction.
      await em.transactional(async (em) => {
        await em.insertMany(SalesOrder, orders);
        for (const [position, variant] of variants.entries()) {
          const lines = orders.map((order) => ({
            order: order.id,
            position: position + 1,
            variant,
            title: 'Lamp',
            quantity: 1,
            unitPriceMinor: 1000n,
            totalMinor: 1000n,
          }));
          await em.insertMany(OrderLine, lines);
        }
      });
    }
    return (performance.now() - startedAt) / 1000;
  });
}
