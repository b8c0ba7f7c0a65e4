import { arns, inRegions, ofStack, type PipelineScope, taggedForStack } from './pipeline-scope.ts';
import type { PolicyStatement } from './policy-statement.ts';

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
  return [
    {
      Sid: 'KeepDatabases',
      Effect: 'Allow',
      Action: [
        ...rdsChanges.map((action) => `rds:${action}`),
        'rds:AddSourceIdentifierToSubscription',
        'rds:CopyDB*',
        'rds:PromoteReadReplica*',
        'rds:RebootDB*',
        'rds:RemoveSourceIdentifierFromSubscription',
        'rds:ResetDB*',
        'rds:RestoreDB*',
      ],
      // AWS's own option group and parameter groups take part in making a database.
      Resource: [
        ...named('rds', ...namedKinds),
        ...arns(scope, 'rds', 'og:default:*', 'pg:default.*', 'cluster-pg:default.*'),
      ],
      Condition: { StringEquals: regions },
    },
    {
      Sid: 'MakeProxies',
      Effect: 'Allow',
      Action: ['rds:CreateDBProxy*', 'rds:CreateBlueGreenDeployment', 'rds:AddTagsToResource'],
      Resource: arns(scope, 'rds', ...unnamedKinds.map((kind) => `${kind}:*`)),
      Condition: { StringEquals: { ...regions, ...taggedForStack(scope) } },
    },
    {
      Sid: 'KeepProxies',
      Effect: 'Allow',
      Action: [
        ...rdsChanges.map((action) => `rds:${action}`),
        'rds:*DBProxyTargets',
        'rds:SwitchoverBlueGreenDeployment',
      ],
      Resource: arns(scope, 'rds', ...unnamedKinds.map((kind) => `${kind}:*`)),
      Condition: { StringEquals: { ...regions, ...ofStack(scope) } },
    },
  ];
}
