import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { ServerlessapplicationrepositoryCloudformationStack } from '@cdktf/provider-aws/lib/serverlessapplicationrepository-cloudformation-stack/index.js';
import { Construct } from 'constructs';
import type { EnvironmentNetwork } from '../network/database-network.ts';
import { allowService, securityGroup } from '../network/security-group.ts';
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
  /** Days for which the function's logs are kept. */
  readonly logRetentionDays: number;
  /** Where the function runs: in private subnets that reach Secrets Manager. */
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
    this.securityGroup = securityGroup(this, 'security-group', {
      name,
      description: `${name}: out to Secrets Manager, nothing in`,
      vpcId: network.vpcId,
    });
    // Checkov does not look into the parameters of an application.
    suppress(this.securityGroup, 'security-group-used', 'The rotation function has it.');
    allowService(this, this.securityGroup, {
      service: 'Secrets Manager',
      access: network.secretsManager,
      closedBy: 'The endpoint secretsmanager closes',
    });
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
}
