import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { Construct } from 'constructs';
import { policyDocument } from '../policy-document.ts';
import { awsIdentity } from '../stack/aws-identity.ts';
import { alertPublishers } from './alert-publishers.ts';

export interface AlertTopicProps {
  /** Name of the topic. */
  readonly name: string;
  /** Its policy must let CloudWatch, RDS events and AWS Budgets use the key: `Encryption` does. */
  readonly encryption: { readonly keyArn: string };
  /** Addresses that receive each alert once their owners have confirmed. Default none. */
  readonly emails?: readonly string[];
}

/** An encrypted topic that CloudWatch alarms, RDS events and AWS Budgets of this account may publish to. */
export class AlertTopic extends Construct {
  readonly topic: SnsTopic;

  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id);
    this.topic = new SnsTopic(this, 'topic', {
      name: props.name,
      kmsMasterKeyId: props.encryption.keyArn,
    });
    new SnsTopicPolicy(this, 'policy', {
      arn: this.topic.arn,
      policy: policyDocument({
        Sid: 'AlertPublishers',
        Effect: 'Allow',
        Principal: { Service: alertPublishers },
        Action: 'sns:Publish',
        Resource: this.topic.arn,
        Condition: { StringEquals: { 'aws:SourceAccount': awsIdentity(this).accountId } },
      }),
    });
    for (const [index, email] of (props.emails ?? []).entries()) {
      new SnsTopicSubscription(this, `email-${index + 1}`, {
        topicArn: this.topic.arn,
        protocol: 'email',
        endpoint: email,
      });
    }
  }

  get arn(): string {
    return this.topic.arn;
  }
}
