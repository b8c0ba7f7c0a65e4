import type { Reference, ScalarReference, wrap } from '@mikro-orm/core';
import type { MikroORM, Options } from '@mikro-orm/postgresql';

/** What is used of a release's own copy of MikroORM. */
export interface Mikro {
  MikroORM: { init: (options: Options) => Promise<MikroORM> };
  Reference: typeof Reference;
  ScalarReference: typeof ScalarReference;
  wrap: typeof wrap;
  Utils: { getORMVersion: () => string; isEntity: (value: unknown) => boolean };
}

/** A release with its entities, connected to a throwaway database. */
export interface Release {
  mikro: Mikro;
  orm: MikroORM;
  /** What it has sent; whoever reads it empties it. */
  statements: string[];
}

/** @param options those of the release, with the connection to the throwaway database */
export async function openRelease(mikro: Mikro, options: Options): Promise<Release> {
  const statements: string[] = [];
  const logger = {
    log: () => {},
    error: () => {},
    warn: () => {},
    logQuery: ({ query = '' }) => void statements.push(query),
    setDebugMode: () => {},
    isEnabled: (namespace: string) => namespace === 'query',
  };
  const orm = await mikro.MikroORM.init({
    ...options,
    allowGlobalContext: true,
    discovery: { warnWhenNoEntities: false, ...options.discovery },
    loggerFactory: () => logger,
    debug: ['query'],
    // They are there to tell others: a queue, a search index.
    subscribers: [],
  });
  return { mikro, orm, statements };
}
