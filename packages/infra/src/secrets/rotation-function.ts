import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { ServerlessapplicationrepositoryCloudformationStack } from '@cdktf/provider-aws/lib/serverlessapplicationrepository-cloudformation-stack/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { Construct } from 'constructs';
import type { EnvironmentNetwork } from '../network/database-network.ts';
import { suppress } from '../policy/suppress.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/**
 * AWS's own function, of its commercial partition. The version is pinned, so that an apply changes nothing by itself:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
 */
const application = {
  id: 'arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser',
  version: '1.1.671',
};

export interface RotationFunctionProps {
  /** Of the function, its stack and its security group, at most 64 characters. */
  readonly name: string;
  /** Key of the secret and of the function's logs. */
  readonly keyArn: string;
  readonly logRetentionDays: number;
  readonly network: Pick<EnvironmentNetwork, 'vpcId' | 'privateSubnetIds' | 'secretsManager'>;
  /** The clients' group of `Access`, by which it reaches the database. */
  readonly clientSecurityGroup: { readonly id: string };
}

/** AWS's function that changes the password of one PostgreSQL user, which it logs in as. */
export class RotationFunction extends Construct {
  readonly stack: ServerlessapplicationrepositoryCloudformationStack;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: RotationFunctionProps) {
    super(scope, id);
    const { name, keyArn, network, clientSecurityGroup } = props;
    this.securityGroup = this.#securityGroup(props);
    // When Lambda has to make it, it is neither encrypted with the customer's key nor ever emptied.
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${name}`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: keyArn,
    });
    this.stack = new ServerlessapplicationrepositoryCloudformationStack(this, 'stack', {
      name,
      applicationId: application.id,
      semanticVersion: application.version,
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_RESOURCE_POLICY'],
      parameters: {
        functionName: name,
        endpoint: `https://secretsmanager.${awsIdentity(this).region}.amazonaws.com`,
        vpcSubnetIds: network.privateSubnetIds.join(','),
        vpcSecurityGroupIds: [clientSecurityGroup.id, this.securityGroup.id].join(','),
        kmsKeyArn: keyArn,
        // Letters and digits need no escaping in a URL.
        excludeCharacters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
      },
      dependsOn: [logs],
    });
  }

  get arn(): string {
    return this.stack.outputs.lookup('RotationLambdaARN');
  }

  #securityGroup({ name, network: { vpcId, secretsManager } }: RotationFunctionProps): SecurityGroup {
    const group = new SecurityGroup(this, 'security-group', {
      namePrefix: `${name}-`,
      description: `${name}: out to Secrets Manager, nothing in`,
      vpcId,
      lifecycle: { createBeforeDestroy: true },
      tags: { Name: name },
    });
    // Checkov does not look into the parameters of an application.
    suppress(group, 'security-group-used', 'The rotation function has it.');
    const byEndpoint = typeof secretsManager === 'object';
    const out = new VpcSecurityGroupEgressRule(this, 'to-secrets-manager', {
      securityGroupId: group.id,
      ...(byEndpoint
        ? { referencedSecurityGroupId: secretsManager.securityGroupId }
        : { cidrIpv4: '0.0.0.0/0' }),
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      description: 'HTTPS to Secrets Manager',
    });
    if (!byEndpoint) {
      suppress(
        out,
        'security-group-no-open-egress',
        'AWS publishes no prefix list for Secrets Manager. The endpoint secretsmanager closes this rule.',
      );
    }
    return group;
  }
}
