import { Customer, ormOptions } from '@ecommerce-dms/entities';
import { MikroORM } from '@mikro-orm/postgresql';

const BATCH = 1000;

/** Seconds that MikroORM's `insertMany` takes for customers, all constraints and triggers in place. */
export async function insertByOrm(url: string, rows: number): Promise<number> {
  const orm = await MikroORM.init({ ...ormOptions({ url }), logger: () => undefined });
  try {
    const em = orm.em.fork();
    const startedAt = performance.now();
    for (let first = 0; first < rows; first += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, rows - first) }, (_, i) => ({
        email: `ann.smith.${first + i}@example.com`,
        firstName: 'Ann',
        lastName: 'Smith',
        phone: '+12025550100',
      }));
      await em.insertMany(Customer, batch);
    }
    return (performance.now() - startedAt) / 1000;
  } finally {
    await orm.close();
  }
}
