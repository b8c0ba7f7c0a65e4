import { type Configuration, PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { FindContext } from '../check.ts';
import { withCatalogViews } from './catalog-views.ts';

/** Lets MikroORM read the live schema on the run's snapshot, read only. It never connects by itself. */
export class SnapshotConnection extends PostgreSqlConnection {
  readonly #context: FindContext;

  constructor(config: Configuration, context: FindContext) {
    super(config);
    this.#context = context;
    this.setPlatform(config.getPlatform());
  }

  override async execute<Result>(sql: string, params: readonly unknown[] = []): Promise<Result> {
    const formatted = this.config.getPlatform().formatQuery(sql, params);
    return (await this.#context.query(withCatalogViews(formatted))) as Result;
  }
}
