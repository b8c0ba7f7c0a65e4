import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';

interface Settings {
  quiet: boolean;
}
const settings = { quiet: true } satisfies Settings;
console.log('the configuration is loaded', settings.quiet);

const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), name: p.text() } });

export default defineConfig({
  entities: [Item],
  extensions: [Migrator],
  migrations: { path: './migrations', tableName: 'done' },
});
