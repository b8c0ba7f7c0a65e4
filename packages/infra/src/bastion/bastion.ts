import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group/index.js';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import type { EnvironmentNetwork } from '../network/database-network.ts';
import { allowService, securityGroup } from '../network/security-group.ts';
import { awsIdentity } from '../stack/aws-identity.ts';
import { stackTags } from '../stack/stack-tags.ts';
import { bastionProfile } from './bastion-role.ts';
import { bastionTemplate } from './bastion-template.ts';
import { connectPolicy, forwardingDocument } from './connect-policy.ts';
import { VolumeGrant } from './volume-grant.ts';

export interface BastionProps {
  /** Prefix of the names, at most 35 characters. */
  readonly name: string;
  /** Where it runs: in private subnets that reach Systems Manager. */
  readonly network: Pick<EnvironmentNetwork, 'vpcId' | 'privateSubnetIds' | 'systemsManager'>;
  /** Key of its volume. */
  readonly encryption: { readonly keyArn: string };
  /** The clients' group of `Access`, by which it reaches the database. */
  readonly clientSecurityGroup: { readonly id: string };
}

/** Days after which the bastion is replaced by one with the image of that day. Open sessions end with it. */
const lifetimeDays = 14;

/**
 * A way for people and pipelines to a database in private subnets: Session Manager forwards a port, so that nothing
 * listens, no key pair exists, and CloudTrail knows who connected. A group of one puts it back after a failure.
 */
export class Bastion extends Construct {
  readonly group: AutoscalingGroup;
  readonly securityGroup: SecurityGroup;
  /** Attach it to the roles of those who may connect. */
  readonly connectPolicy: IamPolicy;
  readonly #name: string;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: BastionProps) {
    super(scope, id);
    const { network, encryption } = props;
    const { keyArn } = encryption;
    refuseFaults(`Bastion "${props.name}"`, [
      props.name.length > 35 && `name "${props.name}" is longer than 35 characters`,
      network.systemsManager === 'none' &&
        'private subnets do not reach Systems Manager: add the endpoints ssm and ssmmessages, or NAT, or leave the bastion out',
    ]);
    const name = `${props.name}-bastion`;
    this.#name = name;
    this.securityGroup = securityGroup(this, 'security-group', {
      name,
      description: `${name}: out to Systems Manager, nothing in`,
      vpcId: network.vpcId,
    });
    allowService(this, this.securityGroup, {
      service: 'Systems Manager',
      access: network.systemsManager,
      closedBy: 'The endpoints ssm and ssmmessages close',
    });
    const template = bastionTemplate(this, 'template', {
      name,
      keyArn,
      profileArn: bastionProfile(this, name).arn,
      securityGroupIds: [this.securityGroup.id, props.clientSecurityGroup.id],
    });
    const volumes = new VolumeGrant(this, 'volumes', { name: props.name, keyArn });
    this.group = new AutoscalingGroup(this, 'group', {
      name,
      minSize: 1,
      maxSize: 1,
      desiredCapacity: 1,
      vpcZoneIdentifier: [...network.privateSubnetIds],
      launchTemplate: {
        id: template.id,
        version: `\${tostring(aws_launch_template.${template.friendlyUniqueId}.latest_version)}`,
      },
      maxInstanceLifetime: lifetimeDays * 86_400,
      // A new version of the template takes the old instance's place; there is no second one to wait for.
      instanceRefresh: { strategy: 'Rolling', preferences: { minHealthyPercentage: 0 } },
      serviceLinkedRoleArn: volumes.role.arn,
      // The provider's default tags do not reach groups, nor what they start.
      tag: Object.entries({ ...stackTags(this), Name: name }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
      dependsOn: [volumes.grant],
    });
    this.connectPolicy = new IamPolicy(this, 'connect', {
      name: `${name}-connect`,
      description: `Forward ports through the bastion ${name}`,
      policy: connectPolicy(this, name),
    });
  }

  /** The command that forwards a local port to a host behind the bastion. It needs the Session Manager plugin. */
  sessionCommand({ host, port }: { host: string; port: number }): string {
    const { region } = awsIdentity(this);
    const filters = `Name=tag:Name,Values=${this.#name} Name=instance-state-name,Values=running`;
    const target = `aws ec2 describe-instances --region ${region} --filters ${filters} --query 'Reservations[0].Instances[0].InstanceId' --output text`;
    return [
      'aws ssm start-session',
      `--region ${region}`,
      `--target "$(${target})"`,
      `--document-name ${forwardingDocument}`,
      `--parameters host=${host},portNumber=${port},localPortNumber=${port}`,
    ].join(' ');
  }
}
