import type { Random, Vocabulary } from '@ecommerce-dms/seeder';

/** What the seed of every domain knows; a domain adds what it reads from the database. */
export interface SeedContext {
  random: Random;
  words: Vocabulary;
  /** The present, in ms: nothing is later. */
  atMs: number;
  /** From a position of 0 to 1 in the history to a moment. */
  time: (position: number) => number;
}
