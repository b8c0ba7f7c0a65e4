import { instanceClass as figuresOf, serverlessClass } from '@ecommerce-dms/rds-classes';
import { type StackModel, type StackResource, text } from '../model/stack-model.ts';
import type { CostItem, Pricer } from './cost-item.ts';
import { capacityOf, membersOf, multiAzInstances } from './price-cluster.ts';

/** RDS Proxy is paid by the vCPUs of the instances behind it, at least two for each. */
const minimumVcpus = 2;

export const priceProxy: Pricer = (resource, stack) => {
  const instances = instancesBehind(resource, stack);
  if (instances.length === 0) return { unpriced: 'what is behind it is not in the stack' };
  const items: CostItem[] = [];
  for (const { instanceClass, cluster } of instances) {
    if (instanceClass === undefined) return { unpriced: 'an instance class behind it is not literal' };
    if (instanceClass === serverlessClass) {
      const capacity = capacityOf(cluster);
      if (capacity === undefined) return { unpriced: 'the capacity of its cluster is not literal' };
      const priceKey = 'rds.proxy.capacity-unit';
      items.push({ component: 'proxy by capacity units', priceKey, quantity: capacity });
      continue;
    }
    const vcpus = figuresOf(instanceClass)?.vcpus;
    if (vcpus === undefined) return { unpriced: `the number of vCPUs of ${instanceClass} is not known` };
    const paid = Math.max(minimumVcpus, vcpus);
    items.push({ component: `proxy for ${paid} vCPUs`, priceKey: 'rds.proxy', quantity: paid });
  }
  return items;
};

function instancesBehind(proxy: StackResource, stack: StackModel) {
  return stack.referrers('aws_db_proxy_target', 'db_proxy_name', proxy).flatMap(({ config }) => {
    const instance = stack.target(config['db_instance_identifier'], 'aws_db_instance');
    const cluster = stack.target(config['db_cluster_identifier'], 'aws_rds_cluster');
    const ofInstance = instance === undefined ? [] : [instance.config['instance_class']];
    return [...ofInstance, ...classesOfCluster(cluster, stack)].map((instanceClass) => ({
      instanceClass: text(instanceClass),
      cluster,
    }));
  });
}

function classesOfCluster(cluster: StackResource | undefined, stack: StackModel) {
  if (cluster === undefined) return [];
  const multiAzClass = cluster.config['db_cluster_instance_class'];
  const members = membersOf(cluster, stack).map(({ config }) => config['instance_class']);
  return text(multiAzClass) === undefined || multiAzClass === ''
    ? members
    : Array.from({ length: multiAzInstances }, () => multiAzClass);
}
