import { EC2Client, paginateDescribeInstances, paginateDescribeVolumes } from '@aws-sdk/client-ec2';
import { inStack, nameOf } from './ec2-filters.ts';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned } from './remnant.ts';

export const machines: Finder = async (scope) => {
  const client = new EC2Client({ region: scope.region });
  const instances = await inStack(client, scope, 'InstanceId', (Filters) =>
    allOf(paginateDescribeInstances({ client }, { Filters }), (page) =>
      page.Reservations?.flatMap(({ Instances = [] }) => Instances),
    ),
  );
  return instances
    .filter(({ State }) => State?.Name !== 'terminated')
    .map(({ InstanceId: id = '', InstanceType, State }) => ({
      kind: 'EC2 instance',
      id,
      detail: `${InstanceType}, ${State?.Name}`,
      monthlyUsd: monthlyPrice(scope, `ec2.${InstanceType}`, 1),
      removal: `ec2 terminate-instances --instance-ids ${id}`,
    }));
};

export const volumes: Finder = async (scope) => {
  const client = new EC2Client({ region: scope.region });
  // A volume is in no VPC.
  const all = await allOf(paginateDescribeVolumes({ client }, {}), (page) => page.Volumes);
  return all
    .filter(({ Tags }) => isOwned(scope, nameOf(Tags), Tags))
    .map(({ VolumeId: id = '', Size, State, VolumeType }) => ({
      kind: 'volume',
      id,
      detail: `${Size} GiB, ${State}`,
      monthlyUsd: monthlyPrice(scope, `ebs.${VolumeType}`, Size),
      removal: `ec2 delete-volume --volume-id ${id}`,
    }));
};
