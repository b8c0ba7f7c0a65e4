/** A statement of an IAM policy. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What is allowed, in one statement. */
export interface Grant {
  /** Actions by the name of their service, without it: `{ kms: ['Decrypt', 'List*'] }`. */
  readonly may: Readonly<Record<string, string | readonly string[]>>;
  /** ARNs. */
  readonly on: string | readonly string[];
  readonly when?: PolicyStatement['Condition'];
}

/** A statement for each grant, by its Sid. */
export function policyStatements(grants: Readonly<Record<string, Grant>>): PolicyStatement[] {
  return Object.entries(grants).map(([sid, { may, on, when }]) => {
    const actions = Object.entries(may).flatMap(([service, names]) =>
      [names].flat().map((name) => `${service}:${name}`),
    );
    return {
      Sid: sid,
      Effect: 'Allow',
      Action: actions.length === 1 ? (actions[0] ?? '') : actions,
      Resource: on,
      ...(when !== undefined && { Condition: when }),
    };
  });
}

/** The text of a policy. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
