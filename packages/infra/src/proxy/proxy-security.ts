import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import type { Construct } from 'constructs';
import type { Database } from '../database/database.ts';
import { securityGroup, tcp } from '../network/security-group.ts';
import { suppress } from '../policy/suppress.ts';

/** A proxy for PostgreSQL listens on PostgreSQL's own port, whatever the port of the database. */
export const proxyPort = 5432;

/** Lets clients reach the proxy, and the proxy the database; each rule names a group, no address. */
export function proxySecurityGroup(
  scope: Construct,
  props: { name: string; vpcId: string; database: Database; clients: SecurityGroup },
): SecurityGroup {
  const { name, database, clients } = props;
  const proxy = securityGroup(scope, 'security-group', {
    name: `${name}-proxy`,
    description: `Proxy of the database ${name}`,
    vpcId: props.vpcId,
  });
  // Checkov does not know that proxies have groups.
  suppress(proxy, 'security-group-used', 'The proxy has it.');
  const allow = (
    from: SecurityGroup,
    to: SecurityGroup,
    port: number,
    ids: [string, string],
    what: string,
  ) => {
    const rule = { ...tcp(port), description: `PostgreSQL to the ${what}` };
    const out = { securityGroupId: from.id, referencedSecurityGroupId: to.id };
    new VpcSecurityGroupEgressRule(scope, ids[0], { ...rule, ...out });
    const into = { securityGroupId: to.id, referencedSecurityGroupId: from.id };
    new VpcSecurityGroupIngressRule(scope, ids[1], { ...rule, ...into });
  };
  allow(clients, proxy, proxyPort, ['clients-to-proxy', 'proxy-from-clients'], 'proxy');
  const ids: [string, string] = ['proxy-to-database', 'database-from-proxy'];
  allow(proxy, database.securityGroup, database.port, ids, 'database');
  return proxy;
}
