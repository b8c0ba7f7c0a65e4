import {
  paginateListSecrets,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned, type StackScope } from './remnant.ts';

/** Secrets of the stack, and those that RDS manages for its databases. One that is to be deleted costs nothing. */
export const secrets: Finder = async (scope) => {
  const client = new SecretsManagerClient({ region: scope.region });
  const all = await allOf(
    paginateListSecrets({ client }, { IncludePlannedDeletion: true }),
    (page) => page.SecretList,
  );
  return all
    .filter((secret) => isOwned(scope, secret.Name, secret.Tags) || isOfDatabase(scope, secret))
    .map(({ Name: id = '', DeletedDate }) => {
      const charged = DeletedDate === undefined;
      return {
        kind: 'secret',
        id,
        detail: charged ? undefined : `deletion asked for on ${DeletedDate.toISOString().slice(0, 10)}`,
        charged,
        monthlyUsd: charged ? monthlyPrice(scope, 'secret', 1) : 0,
        removal: `secretsmanager delete-secret --secret-id ${id}`,
      };
    });
};

/** `arn:aws:rds:eu-west-1:123456789012:db:shop-test`: RDS tags its secrets with their database. */
function isOfDatabase(scope: StackScope, { Tags = [] }: SecretListEntry): boolean {
  const arn = Tags.find(({ Key }) => /^aws:rds:primaryDB(Instance|Cluster)Arn$/.test(Key ?? ''))?.Value;
  return isOwned(scope, arn?.split(':').at(-1));
}
