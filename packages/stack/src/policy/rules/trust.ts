import type { JsonObject } from '../../model/stack-json.ts';
import { list, object, text } from '../../model/stack-model.ts';
import { allows, allowsEverybody, statementsOf } from '../policy-document.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** Who may take a role. */
export const trustRules: readonly PolicyRule[] = [
  {
    id: 'iam-role-trust',
    severity: 'critical',
    why: 'Every AWS account in the world may take the role.',
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
    why: "Every repository that the provider knows, anybody's, may take the role.",
    fix: 'Name the audience and the subject in conditions: repo:ORG/REPO:environment:NAME, without an early wildcard.',
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
    // repo:ORG/REPO:...: a wildcard before the last part lets others in.
    subjects.every((subject) => !subject.split(':').slice(0, -1).join(':').includes('*') && subject !== '*')
  );
}
