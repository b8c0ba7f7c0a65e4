import { blocks } from '../../model/stack-model.ts';
import { isOffOrUnset, isTrue, type PolicyRule, unless } from '../policy-rule.ts';

/** RDS Proxy. */
export const proxyRules: readonly PolicyRule[] = [
  {
    id: 'proxy-tls-required',
    severity: 'high',
    why: 'A client without TLS sends its data unencrypted.',
    fix: 'Set require_tls to true.',
    broken: unless('aws_db_proxy', isTrue('require_tls')),
  },
  {
    id: 'proxy-iam-authentication',
    severity: 'medium',
    why: 'Without it, workloads hold the password that the proxy logs in with.',
    fix: 'Set iam_auth to REQUIRED in each auth block.',
    broken: unless('aws_db_proxy', ({ config }) =>
      blocks(config['auth']).every((auth) => auth['iam_auth'] === 'REQUIRED'),
    ),
  },
  {
    id: 'proxy-no-debug-logging',
    severity: 'medium',
    why: 'Debug logging writes the text of statements, and so data, to the log.',
    fix: 'Set debug_logging to false.',
    broken: unless('aws_db_proxy', isOffOrUnset('debug_logging')),
  },
];
