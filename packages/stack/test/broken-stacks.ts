import type { Breaks } from './breaks.ts';
import { brokenDatabases } from './broken-databases.ts';
import { brokenIdentities } from './broken-identities.ts';
import { brokenNetworks } from './broken-networks.ts';
import { brokenServices } from './broken-services.ts';

/** For each rule, ways to break it in a stack that passes. */
export const breaks: Breaks = {
  ...brokenDatabases,
  ...brokenNetworks,
  ...brokenServices,
  ...brokenIdentities,
};
