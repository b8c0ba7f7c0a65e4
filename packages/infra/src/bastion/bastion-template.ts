import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template/index.js';
import type { Construct } from 'constructs';
import { stackTags } from '../stack/stack-tags.ts';

export interface BastionTemplateProps {
  readonly name: string;
  readonly keyArn: string;
  readonly profileArn: string;
  readonly securityGroupIds: readonly string[];
}

/** How the bastion is started: the newest Amazon Linux 2023, no key pair, no public address, IMDSv2 alone. */
export function bastionTemplate(scope: Construct, id: string, props: BastionTemplateProps): LaunchTemplate {
  const tags = { ...stackTags(scope), Name: props.name };
  return new LaunchTemplate(scope, id, {
    namePrefix: `${props.name}-`,
    // EC2 reads the image's id at each start: no lookup at plan, and a new instance is a patched one.
    imageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
    instanceType: 't4g.nano',
    ebsOptimized: 'true',
    updateDefaultVersion: true,
    iamInstanceProfile: { arn: props.profileArn },
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    monitoring: { enabled: true },
    networkInterfaces: [
      {
        associatePublicIpAddress: 'false',
        deleteOnTermination: 'true',
        securityGroups: [...props.securityGroupIds],
      },
    ],
    blockDeviceMappings: [
      {
        deviceName: '/dev/xvda',
        ebs: {
          volumeType: 'gp3',
          volumeSize: 8,
          encrypted: 'true',
          kmsKeyId: props.keyArn,
          deleteOnTermination: 'true',
        },
      },
    ],
    // The provider's default tags end at the template.
    tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
      resourceType,
      tags,
    })),
    tags: { Name: props.name },
  });
}
