import { ormOptions } from '@ecommerce-dms/entities';
import { MikroORM } from '@mikro-orm/postgresql';

/** Runs `use` with the shop's ORM as `url`'s role, and closes its connections afterwards. */
export async function withShopOrm<Result>(
  url: string,
  use: (orm: MikroORM) => Promise<Result>,
): Promise<Result> {
  const orm = await MikroORM.init({
    ...ormOptions({ url, applicationName: 'dms' }),
    // Its messages would land between the lines of the command's own progress.
    logger: () => undefined,
  });
  try {
    return await use(orm);
  } finally {
    await orm.close(true);
  }
}
