import type { Constructor } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import { defineConfig, defineEntity, MikroORM, type Options, p } from '@mikro-orm/postgresql';
import { Migrator } from '../src/index.ts';

const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary() } });

/** A migration as `migrationsList` takes it. */
export interface ListedMigration {
  name: string;
  class: Constructor<Migration>;
}

/** A migration that emits the given statements. */
export function migration(name: string, up: readonly string[], down?: readonly string[]): ListedMigration {
  return {
    name,
    class: class extends Migration {
      override up(): void {
        for (const sql of up) this.addSql(sql);
      }
      override down(): void | Promise<void> {
        if (down === undefined) return super.down();
        for (const sql of down) this.addSql(sql);
      }
    },
  };
}

/** An ORM with our migrator and one entity, `Item`. */
export function openOrm(
  url: string,
  migrationsList: ListedMigration[],
  options: Options = {},
): Promise<MikroORM> {
  return MikroORM.init(
    defineConfig({
      clientUrl: url,
      entities: [Item],
      extensions: [Migrator],
      ...options,
      migrations: { migrationsList, silent: true, ...options.migrations },
    }),
  );
}
