import type { JsonObject } from '../../model/stack-json.ts';
import { list, object, text } from '../../model/stack-model.ts';
import { allows, allowsEverybody, statementsOf } from '../policy-document.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** Who may assume a role. */
export const trustRules: readonly PolicyRule[] = [
  {
    id: 'iam-role-trust',
    severity: 'critical',
    why: 'Anybody with an AWS account can assume the role.',
    fix: 'Name the services or accounts that may assume it.',
    ids: { checkov: ['CKV_AWS_60', 'CKV_AWS_61'] },
    broken: unless(
      'aws_iam_role',
      ({ config }) => statementsOf(config['assume_role_policy'])?.some(allowsEverybody) === false,
    ),
  },
  {
    id: 'iam-pipeline-trust',
    severity: 'critical',
    why: 'Every repository of the identity provider, whoever owns it, can assume the role.',
    fix: 'Set conditions on the audience and on the subject, such as repo:ORG/REPO:environment:NAME, with a wildcard in its last part at most.',
    ids: { checkov: ['CKV_AWS_393'] },
    broken: unless('aws_iam_role', ({ config }) =>
      (statementsOf(config['assume_role_policy']) ?? []).filter(isFederated).every(namesSubject),
    ),
  },
];

function isFederated(statement: JsonObject): boolean {
  return allows(statement) && object(statement['Principal'])?.['Federated'] !== undefined;
}

function namesSubject(statement: JsonObject): boolean {
  const conditions = Object.entries(object(statement['Condition']) ?? {})
    .filter(([operator]) => operator === 'StringEquals' || operator === 'StringLike')
    .flatMap(([, condition]) => Object.entries(object(condition) ?? {}));
  const valuesOf = (claim: string) =>
    conditions.filter(([key]) => key.endsWith(`:${claim}`)).flatMap(([, values]) => list(values));
  const subjects = valuesOf('sub').map((subject) => text(subject) ?? '');
  return (
    valuesOf('aud').length > 0 &&
    subjects.length > 0 &&
    // Of repo:ORG/REPO:...: a wildcard before the last part admits others.
    subjects.every((subject) => !subject.split(':').slice(0, -1).join(':').includes('*') && subject !== '*')
  );
}
