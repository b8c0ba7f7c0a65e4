import type { AwsIdentity } from '../stack/aws-identity.ts';

/** What the roles of one environment may touch. */
export interface PipelineScope {
  /** Name of the environment's stack, its tag `Stack`, and the prefix of its names: `shop-production`. */
  readonly prefix: string;
  /** Regions that the environment lies in. */
  readonly regions: readonly string[];
  readonly identity: AwsIdentity;
}

/** The ARNs of resources in this account; the regions are held by a condition. */
export function arns({ identity }: PipelineScope, service: string, ...resources: string[]): string[] {
  return resources.map(
    (resource) => `arn:${identity.partition}:${service}:*:${identity.accountId}:${resource}`,
  );
}

/** `arns` of IAM, which has no regions. */
export function iamArns({ identity }: PipelineScope, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:${identity.partition}:iam::${identity.accountId}:${resource}`);
}

export function inRegions({ regions }: PipelineScope) {
  return { 'aws:RequestedRegion': regions };
}

/** What has the environment's tag. */
export function ofStack({ prefix }: PipelineScope) {
  return { 'aws:ResourceTag/Stack': prefix };
}

/** What gets the environment's tag with the request that makes it. */
export function taggedForStack({ prefix }: PipelineScope) {
  return { 'aws:RequestTag/Stack': prefix };
}
