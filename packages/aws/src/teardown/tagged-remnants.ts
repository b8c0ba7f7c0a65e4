import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { allOf, type Finder } from './remnant.ts';

/** `service:type` of an ARN that the other finders list themselves, with their state: the tags' index lags behind. */
const listedElsewhere = [
  /^rds:(db|cluster|snapshot|cluster-snapshot|db-proxy|auto-backup|cluster-auto-backup)$/,
  /^ec2:(natgateway|elastic-ip|volume|instance|network-interface|vpc-endpoint)$/,
  /^logs:log-group$/,
  /^secretsmanager:secret$/,
  /^kms:key$/,
  /^backup:(backup-vault|recovery-point)$/,
];

/** What costs nothing by being there. */
const freeOfCharge = [
  /^rds:(subgrp|pg|cluster-pg|og|es|proxy-endpoint)$/,
  /^ec2:(vpc|subnet|route-table|security-group|security-group-rule|internet-gateway|network-acl|vpc-flow-log|launch-template|dhcp-options|key-pair)$/,
  /^iam:/,
  /^sns:/,
  /^autoscaling:/,
  /^backup:backup-plan$/,
];

/** Anything else that carries the stack's tag, whatever it is. */
export const taggedResources: Finder = async ({ stack, region }) => {
  const client = new ResourceGroupsTaggingAPIClient({ region });
  const tagged = await allOf(
    paginateGetResources({ client }, { TagFilters: [{ Key: 'Stack', Values: [stack] }] }),
    (page) => page.ResourceTagMappingList,
  );
  return tagged
    .map(({ ResourceARN = '' }) => ({ arn: ResourceARN, type: typeOf(ResourceARN) }))
    .filter(({ type }) => !listedElsewhere.some((pattern) => pattern.test(type)))
    .map(({ arn, type }) => {
      const charged = !freeOfCharge.some((pattern) => pattern.test(type));
      return { kind: type, id: arn, charged, monthlyUsd: charged ? undefined : 0 };
    });
};

/** `arn:aws:ec2:eu-west-1:123456789012:natgateway/nat-1` is `ec2:natgateway`. */
function typeOf(arn: string): string {
  const [, , service = '', , , ...resource] = arn.split(':');
  const [type = ''] = resource.join(':').split(/[/:]/);
  return `${service}:${type}`;
}
