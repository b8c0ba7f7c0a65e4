import {
  DescribeKeyCommand,
  KMSClient,
  paginateListAliases,
  paginateListKeys,
  paginateListResourceTags,
} from '@aws-sdk/client-kms';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, type Found, isOwned, type StackScope } from './remnant.ts';

/**
 * Customer keys of the stack, by tag or alias. A key that is to be deleted is named with its day; AWS charges
 * nothing for it unless its deletion is cancelled (KMS pricing).
 */
export const keys: Finder = async (scope) => {
  const client = new KMSClient({ region: scope.region });
  const aliases = await allOf(paginateListAliases({ client }, {}), (page) => page.Aliases);
  const listed = await allOf(paginateListKeys({ client }, {}), (page) => page.Keys);
  const found: Found[] = [];
  for (const { KeyId = '' } of listed) {
    const names = aliases
      .filter(({ TargetKeyId }) => TargetKeyId === KeyId)
      .map(({ AliasName = '' }) => AliasName.replace(/^alias\//, ''));
    // The keys that AWS manages for its services have no tags of ours, and cost nothing.
    if (names.some((name) => name.startsWith('aws/'))) continue;
    if (await isOfStack(client, scope, KeyId, names)) found.push(await remnant(client, scope, KeyId));
  }
  return found;
};

async function isOfStack(
  client: KMSClient,
  scope: StackScope,
  keyId: string,
  names: readonly string[],
): Promise<boolean> {
  const tags = await allOf(paginateListResourceTags({ client }, { KeyId: keyId }), (page) => page.Tags).catch(
    (error: Error) => {
      // A key whose policy shuts the account out is somebody else's; ours lets it in.
      if (error.name === 'AccessDeniedException') return [];
      throw error;
    },
  );
  const asTags = tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }));
  return [undefined, ...names].some((name) => isOwned(scope, name, asTags));
}

async function remnant(client: KMSClient, scope: StackScope, keyId: string): Promise<Found> {
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
  const isPending = KeyMetadata?.KeyState === 'PendingDeletion';
  const day = KeyMetadata?.DeletionDate?.toISOString().slice(0, 10);
  return {
    kind: 'key',
    id: keyId,
    detail: isPending ? `to be deleted on ${day}; free until then` : KeyMetadata?.KeyState,
    charged: !isPending,
    monthlyUsd: isPending ? 0 : monthlyPrice(scope, 'kms.key', 1),
    removal: isPending ? undefined : `kms schedule-key-deletion --key-id ${keyId} --pending-window-in-days 7`,
  };
}
