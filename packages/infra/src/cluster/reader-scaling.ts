import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target/index.js';
import type { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance/index.js';
import type { RdsCluster } from '@cdktf/provider-aws/lib/rds-cluster/index.js';
import type { Construct } from 'constructs';
import type { AuroraCapacity } from './aurora-capacity.ts';

const metricTypes = {
  cpu: 'RDSReaderAverageCPUUtilization',
  connections: 'RDSReaderAverageDatabaseConnections',
};

/** Adds readers to an Aurora cluster when those that it has are busy, and takes them away again. */
export function readerScaling(
  scope: Construct,
  props: {
    name: string;
    cluster: RdsCluster;
    instances: readonly RdsClusterInstance[];
    minReaders: number;
    scaling: NonNullable<AuroraCapacity['readerScaling']>;
  },
): AppautoscalingTarget {
  const { maxReaders, metric, target } = props.scaling;
  const scaled = new AppautoscalingTarget(scope, 'reader-scaling', {
    serviceNamespace: 'rds',
    scalableDimension: 'rds:cluster:ReadReplicaCount',
    resourceId: `cluster:${props.cluster.clusterIdentifier}`,
    minCapacity: props.minReaders,
    maxCapacity: maxReaders,
    // It would add readers itself while Terraform still makes those that are meant to be there.
    dependsOn: [...props.instances],
  });
  new AppautoscalingPolicy(scope, 'reader-scaling-policy', {
    name: `${props.name}-readers`,
    policyType: 'TargetTrackingScaling',
    serviceNamespace: scaled.serviceNamespace,
    scalableDimension: scaled.scalableDimension,
    resourceId: scaled.resourceId,
    targetTrackingScalingPolicyConfiguration: {
      predefinedMetricSpecification: { predefinedMetricType: metricTypes[metric] },
      targetValue: target,
    },
  });
  return scaled;
}
