import { instanceClasses } from '../database/instance-classes.ts';
import { list, type StackModel, type StackResource, text } from '../stack/stack-model.ts';
import type { Pricer } from './cost-item.ts';

/** RDS Proxy is paid by the vCPUs of the instances behind it, two at the least. */
const minimumVcpus = 2;

export const priceProxy: Pricer = (resource, stack) => {
  const classes = classesBehind(resource, stack);
  if (classes.length === 0) return { unpriced: 'what is behind it is not in the stack' };
  const vcpus = classes.map((name) => instanceClasses.get(name)?.vcpus);
  const unknown = classes.find((_, index) => vcpus[index] === undefined);
  if (unknown !== undefined) return { unpriced: `the number of vCPUs of ${unknown} is not known` };
  const total = vcpus.reduce((sum: number, count) => sum + Math.max(minimumVcpus, count ?? 0), 0);
  return [{ group: 'RDS', component: `proxy for ${total} vCPUs`, priceKey: 'rds.proxy', quantity: total }];
};

function classesBehind(proxy: StackResource, stack: StackModel): string[] {
  return stack
    .ofType('aws_db_proxy_target')
    .filter(({ config }) => stack.target(config['db_proxy_name'], 'aws_db_proxy')?.address === proxy.address)
    .flatMap(({ config }) => {
      const instance = stack.target(config['db_instance_identifier'], 'aws_db_instance');
      const cluster = stack.target(config['db_cluster_identifier'], 'aws_rds_cluster');
      const members = stack
        .ofType('aws_rds_cluster_instance')
        .filter(
          (member) =>
            stack.target(member.config['cluster_identifier'], 'aws_rds_cluster')?.address ===
            cluster?.address,
        );
      const multiAzClass = text(cluster?.config['db_cluster_instance_class']);
      return [
        text(instance?.config['instance_class']),
        ...(multiAzClass === undefined ? [] : list([multiAzClass, multiAzClass, multiAzClass]).map(text)),
        ...(cluster === undefined ? [] : members.map((member) => text(member.config['instance_class']))),
      ].filter((name) => name !== undefined);
    });
}
