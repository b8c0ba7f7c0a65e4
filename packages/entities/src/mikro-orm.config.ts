import { ormOptions } from './orm-options.ts';

/** The shop for MikroORM's own command and the migrator's, on the database of `DATABASE_URL`. */
export default ormOptions({ url: process.env['DATABASE_URL'] ?? 'postgres://127.0.0.1:5432/shop' });
