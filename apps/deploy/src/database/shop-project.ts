import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the code of the shop is: the folder of its package, which has a configuration of MikroORM. */
export function shopProject(): { folder: string; env: NodeJS.ProcessEnv; config: string } {
  const entry = fileURLToPath(import.meta.resolve('@ecommerce-dms/entities'));
  const built = dirname(entry);
  return {
    folder: dirname(built),
    env: process.env,
    config: entry.endsWith('.ts') ? 'src/mikro-orm.config.ts' : 'dist/mikro-orm.config.js',
  };
}
