import { expect, test } from 'vitest';
import { databaseStack, type DatabaseSite } from '../../test/database-stack.ts';
import { blocks, StackModel } from '@ecommerce-dms/stack';
import type { AuroraClusterProps, MultiAzClusterProps } from './complete-cluster.ts';
import { PostgresCluster } from './postgres-cluster.ts';

type Aurora = Partial<Omit<AuroraClusterProps, keyof DatabaseSite>>;
type MultiAz = Partial<Omit<MultiAzClusterProps, 'mode'>>;

function model(add: (stack: Parameters<Parameters<typeof databaseStack>[0]>[0], site: DatabaseSite) => void) {
  const stack = new StackModel(databaseStack(add));
  const [cluster] = stack.ofType('aws_rds_cluster');
  return {
    stack,
    cluster: cluster?.config ?? {},
    instances: stack.ofType('aws_rds_cluster_instance').map(({ config }) => config),
  };
}

function aurora(props: Aurora = { instanceClass: 'db.r7g.large' }) {
  return model(
    (stack, site) => new PostgresCluster(stack, 'database', { ...site, mode: 'aurora', ...props }),
  );
}

function multiAz(props: MultiAz = {}) {
  return model(
    (stack, site) =>
      new PostgresCluster(stack, 'database', {
        ...site,
        mode: 'multi-az',
        instanceClass: 'db.m6gd.large',
        ...props,
      }),
  );
}

function parameters(stack: StackModel, type: string) {
  const [group] = stack.ofType(type);
  return Object.fromEntries(blocks(group?.config['parameter']).map(({ name, value }) => [name, value]));
}

test('both kinds have the safe defaults of an instance', () => {
  for (const { stack, cluster } of [aurora(), multiAz()]) {
    expect(cluster).toMatchObject({
      cluster_identifier: 'shop',
      port: 15_432,
      manage_master_user_password: true,
      iam_database_authentication_enabled: true,
      storage_encrypted: true,
      backup_retention_period: 14,
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: 'shop-final',
      copy_tags_to_snapshot: true,
      performance_insights_enabled: true,
    });
    expect(cluster).not.toHaveProperty('master_password');
    for (const key of ['kms_key_id', 'master_user_secret_kms_key_id', 'performance_insights_kms_key_id']) {
      expect(stack.target(cluster[key])?.type).toBe('aws_kms_key');
    }
    expect(parameters(stack, 'aws_rds_cluster_parameter_group')).toMatchObject({
      'rds.force_ssl': '1',
      log_statement: 'ddl',
      log_min_duration_statement: '1000',
    });
  }
});

test('a Multi-AZ cluster has its class, storage, authority and monitoring at the cluster', () => {
  const { stack, cluster, instances } = multiAz({ storage: { type: 'io1', allocatedGib: 200, iops: 3000 } });
  expect(cluster).toMatchObject({
    engine: 'postgres',
    engine_version: '17',
    db_cluster_instance_class: 'db.m6gd.large',
    storage_type: 'io1',
    allocated_storage: 200,
    iops: 3000,
    ca_certificate_identifier: 'rds-ca-rsa2048-g1',
    monitoring_interval: 60,
    enabled_cloudwatch_logs_exports: ['postgresql', 'upgrade'],
  });
  expect(instances).toEqual([]);
  expect(parameters(stack, 'aws_rds_cluster_parameter_group')).toMatchObject({ max_connections: '800' });
});

test('Aurora has a writer and readers, which take over in their order', () => {
  const { stack, cluster, instances } = aurora({ instanceClass: 'db.r7g.large', readers: 2 });
  expect(cluster).toMatchObject({ engine: 'aurora-postgresql', engine_version: '18' });
  for (const key of ['db_cluster_instance_class', 'allocated_storage', 'storage_type', 'iops']) {
    expect(cluster).not.toHaveProperty(key);
  }
  expect(instances.map(({ identifier, promotion_tier }) => [identifier, promotion_tier]).toSorted()).toEqual([
    ['shop-1', 0],
    ['shop-2', 1],
    ['shop-3', 2],
  ]);
  for (const instance of instances) {
    expect(instance).toMatchObject({
      instance_class: 'db.r7g.large',
      publicly_accessible: false,
      ca_cert_identifier: 'rds-ca-rsa2048-g1',
      monitoring_interval: 60,
      performance_insights_enabled: true,
      auto_minor_version_upgrade: true,
    });
    expect(stack.target(instance['db_parameter_group_name'])?.type).toBe('aws_db_parameter_group');
  }
  // Otherwise Aurora takes as the writer whichever it makes first.
  expect(instances.filter((instance) => instance['depends_on'] === undefined)).toHaveLength(1);
});

test('what Aurora reads from the group of the instance is set there too, and nothing that it refuses there', () => {
  const { stack } = aurora({
    instanceClass: 'db.r7g.large',
    parameters: { log_statement: 'all', 'rds.logical_replication': '1' },
  });
  const ofInstance = parameters(stack, 'aws_db_parameter_group');
  expect(ofInstance).toMatchObject({ log_statement: 'all', log_min_duration_statement: '1000' });
  for (const name of ['rds.force_ssl', 'rds.logical_replication', 'max_connections']) {
    expect(ofInstance).not.toHaveProperty(name);
    expect(parameters(stack, 'aws_rds_cluster_parameter_group')).toHaveProperty([name]);
  }
});

test('Serverless v2 that can pause, without a max_connections of its own', () => {
  const { stack, cluster, instances } = aurora({ serverless: { minAcu: 0, maxAcu: 8 } });
  expect(blocks(cluster['serverlessv2_scaling_configuration'])).toEqual([
    { min_capacity: 0, max_capacity: 8, seconds_until_auto_pause: 300 },
  ]);
  expect(new Set(instances.map((instance) => instance['instance_class']))).toEqual(
    new Set(['db.serverless']),
  );
  expect(parameters(stack, 'aws_rds_cluster_parameter_group')).not.toHaveProperty('max_connections');
});

test('readers follow the load between the readers that are there and the most', () => {
  const { stack, cluster } = aurora({
    instanceClass: 'db.r7g.large',
    readers: 1,
    readerScaling: { maxReaders: 5 },
    storageType: 'aurora-iopt1',
  });
  expect(cluster['storage_type']).toBe('aurora-iopt1');
  const [target] = stack.ofType('aws_appautoscaling_target');
  expect(target?.config).toMatchObject({ min_capacity: 1, max_capacity: 5, service_namespace: 'rds' });
  const [policy] = stack.ofType('aws_appautoscaling_policy');
  expect(blocks(policy?.config['target_tracking_scaling_policy_configuration'])).toEqual([
    {
      predefined_metric_specification: { predefined_metric_type: 'RDSReaderAverageCPUUtilization' },
      target_value: 60,
    },
  ]);
});

test('every exported log has an encrypted group with a retention, before the cluster', () => {
  const { stack, cluster } = multiAz();
  expect(
    stack
      .ofType('aws_cloudwatch_log_group')
      .map(({ config }) => config['name'])
      .toSorted(),
  ).toEqual(['/aws/rds/cluster/shop/postgresql', '/aws/rds/cluster/shop/upgrade']);
  expect(cluster['depends_on']).toHaveLength(2);
});

test('faults of every kind are reported at once', () => {
  const broken: MultiAz = {
    instanceClass: 'db.m7g.large',
    network: { vpcId: 'vpc-1', databaseSubnetIds: ['subnet-a', 'subnet-b'] },
    majorVersion: 14,
    port: 80,
    backupRetentionDays: 0,
    storage: { type: 'io2', allocatedGib: 10 },
    parameters: { max_connections: '1' },
  };
  for (const message of [
    /3 zones and the network has 2/,
    /"db.m7g.large" is not offered for a Multi-AZ DB cluster of PostgreSQL in eu-west-1; .*db\.m8gd\.large/,
    /majorVersion is 14/,
    /port is 80/,
    /needs 1 to 35/,
    /allocatedGib is 10/,
    /io2 needs storage.iops/,
    /use maxConnections instead/,
  ]) {
    expect(() => multiAz(broken)).toThrow(message);
  }
});
