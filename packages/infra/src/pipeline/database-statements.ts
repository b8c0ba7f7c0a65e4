import { arns, inRegions, ofStack, type PipelineScope, taggedForStack } from './pipeline-scope.ts';
import { type PolicyStatement, policyStatements } from './policy-statement.ts';

/** Kinds of RDS resources that have names of ours. */
const namedKinds = ['db', 'cluster', 'snapshot', 'cluster-snapshot', 'pg', 'cluster-pg', 'subgrp', 'es'];
/** Kinds whose ARNs hold an id that RDS makes up. */
const unnamedKinds = ['db-proxy', 'db-proxy-endpoint', 'target-group', 'deployment'];

/** Databases and proxies: by name where there are names, by the tag `Stack` elsewhere. */
export function databaseStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix } = scope;
  const regions = inRegions(scope);
  const named = (service: string, ...kinds: string[]) =>
    arns(scope, service, ...kinds.flatMap((kind) => [`${kind}:${prefix}`, `${kind}:${prefix}-*`]));
  const rdsChanges = ['AddTagsToResource', 'Create*', 'Delete*', 'Modify*', 'RemoveTagsFromResource'];
  return policyStatements({
    KeepDatabases: {
      may: {
        rds: [
          ...rdsChanges,
          'AddSourceIdentifierToSubscription',
          'CopyDB*',
          'PromoteReadReplica*',
          'RebootDB*',
          'RemoveSourceIdentifierFromSubscription',
          'ResetDB*',
          'RestoreDB*',
        ],
      },
      // AWS's own option group and parameter groups take part in making a database.
      on: [
        ...named('rds', ...namedKinds),
        ...arns(scope, 'rds', 'og:default:*', 'pg:default.*', 'cluster-pg:default.*'),
      ],
      when: { StringEquals: regions },
    },
    MakeProxies: {
      may: { rds: ['CreateDBProxy*', 'CreateBlueGreenDeployment', 'AddTagsToResource'] },
      on: arns(scope, 'rds', ...unnamedKinds.map((kind) => `${kind}:*`)),
      when: { StringEquals: { ...regions, ...taggedForStack(scope) } },
    },
    KeepProxies: {
      may: { rds: [...rdsChanges, '*DBProxyTargets', 'SwitchoverBlueGreenDeployment'] },
      on: arns(scope, 'rds', ...unnamedKinds.map((kind) => `${kind}:*`)),
      when: { StringEquals: { ...regions, ...ofStack(scope) } },
    },
  });
}
