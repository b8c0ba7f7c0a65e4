import { arns, type Grants, inRegions, ofStack, taggedForStack } from './grants.ts';

/** Kinds of RDS resources that the stack names. */
const namedKinds = ['db', 'cluster', 'snapshot', 'cluster-snapshot', 'pg', 'cluster-pg', 'subgrp', 'es'];
/** Kinds whose ARNs have an id that RDS chooses. */
const unnamedKinds = ['db-proxy', 'db-proxy-endpoint', 'target-group', 'deployment'];
const unnamed = arns('rds', ...unnamedKinds.map((kind) => `${kind}:*`));

const changes = 'AddTagsToResource Create* Delete* Modify* RemoveTagsFromResource';

/** Databases and proxies: by name where there are names, by the tag `Stack` elsewhere. */
export const databaseGrants: Grants = {
  KeepDatabases: {
    may: {
      rds: `${changes} AddSourceIdentifierToSubscription CopyDB* PromoteReadReplica* RebootDB*
        RemoveSourceIdentifierFromSubscription ResetDB* RestoreDB*`,
    },
    on: [
      ...arns('rds', ...namedKinds.flatMap((kind) => [`${kind}:{prefix}`, `${kind}:{prefix}-*`])),
      // AWS's own option group and parameter groups take part in the creation of a database.
      ...arns('rds', 'og:default:*', 'pg:default.*', 'cluster-pg:default.*'),
    ],
    when: { StringEquals: inRegions },
  },
  MakeProxies: {
    may: { rds: 'CreateDBProxy* CreateBlueGreenDeployment AddTagsToResource' },
    on: unnamed,
    when: { StringEquals: { ...inRegions, ...taggedForStack } },
  },
  KeepProxies: {
    may: { rds: `${changes} *DBProxyTargets SwitchoverBlueGreenDeployment` },
    on: unnamed,
    when: { StringEquals: { ...inRegions, ...ofStack } },
  },
};
