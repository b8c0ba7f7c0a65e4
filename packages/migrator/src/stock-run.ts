import type { MigrationInfo } from '@mikro-orm/core';
import type { Direction } from './collect-queries.ts';
import type { UpOptions } from './options.ts';

/** What `up()` and `down()` are called with. */
export type RunArguments = string | string[] | UpOptions | undefined;

/** MikroORM's own run: it chooses migrations, calls each, and emits events. */
export type StockRun = (direction: Direction, options: RunArguments) => Promise<MigrationInfo[]>;
