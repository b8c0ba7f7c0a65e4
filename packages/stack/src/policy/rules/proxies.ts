import { blocks } from '../../model/stack-model.ts';
import { isOffOrUnset, isTrue, type PolicyRule, unless } from '../policy-rule.ts';

/** RDS Proxy. */
export const proxyRules: readonly PolicyRule[] = [
  {
    id: 'proxy-tls-required',
    severity: 'high',
    why: 'A client without TLS sends its password and data in the clear.',
    fix: 'Set require_tls to true.',
    broken: unless('aws_db_proxy', isTrue('require_tls')),
  },
  {
    id: 'proxy-iam-authentication',
    severity: 'medium',
    why: 'Without it workloads hold the password that the proxy logs in with.',
    fix: 'Set iam_auth of each auth block to REQUIRED.',
    broken: unless('aws_db_proxy', ({ config }) =>
      blocks(config['auth']).every((auth) => auth['iam_auth'] === 'REQUIRED'),
    ),
  },
  {
    id: 'proxy-no-debug-logging',
    severity: 'medium',
    why: 'It writes the text of statements, and so data, into the log.',
    fix: 'Set debug_logging to false.',
    broken: unless('aws_db_proxy', isOffOrUnset('debug_logging')),
  },
];
