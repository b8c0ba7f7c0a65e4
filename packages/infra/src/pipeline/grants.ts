import type { PolicyStatement } from './policy-statement.ts';

/** What is allowed in one statement. A name in braces stands for a value of the {@link PipelineScope}: `{prefix}`. */
export interface Grant {
  /** Actions, separated by spaces, by service: `{ kms: 'Decrypt List*' }`. */
  readonly may: Readonly<Record<string, string>>;
  /** ARNs. */
  readonly on: string | readonly string[];
  readonly when?: PolicyStatement['Condition'];
}

/** Grants by the Sid of their statement. */
export type Grants = Readonly<Record<string, Grant>>;

/** What the roles of one environment may touch. */
export interface PipelineScope {
  readonly partition: string;
  readonly account: string;
  /** Name of the environment's stack, its tag `Stack`, and the prefix of its names: `shop-production`. */
  readonly prefix: string;
  /** Regions that the environment lies in. */
  readonly regions: readonly string[];
  /** The bucket of the Terraform state, its key, and the environment's object in it. */
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly objectKey: string;
}

/** The ARNs of resources in this account, in any region: a condition limits the regions. */
export function arns(service: string, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:{partition}:${service}:*:{account}:${resource}`);
}

/** The ARNs of resources of this account in a service without regions. */
export function globalArns(service: string, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:{partition}:${service}::{account}:${resource}`);
}

export const inRegions = { 'aws:RequestedRegion': ['{regions}'] };

/** What has the environment's tag. */
export const ofStack = { 'aws:ResourceTag/Stack': '{prefix}' };

/** What gets the environment's tag with the request that creates it. */
export const taggedForStack = { 'aws:RequestTag/Stack': '{prefix}' };

/** A statement for each grant. */
export function policyStatements(grants: Grants, scope: PipelineScope): PolicyStatement[] {
  return Object.entries(grants).map(([sid, { may, on, when }]) => {
    const actions = Object.entries(may).flatMap(([service, names]) =>
      names.split(/\s+/).map((name) => `${service}:${name}`),
    );
    const [first = ''] = actions;
    return {
      Sid: sid,
      Effect: 'Allow',
      Action: actions.length === 1 ? first : actions,
      Resource: filledIn(on, scope),
      ...(when !== undefined && {
        Condition: mapValues(when, (values) => mapValues(values, (value) => filledIn(value, scope))),
      }),
    };
  });
}

/** The texts with the values of the scope. `{regions}` in a list becomes a text for each region. */
function filledIn(texts: string | readonly string[], scope: PipelineScope): string | string[] {
  const { regions, ...values } = scope;
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (name in values) return values[name as keyof typeof values];
      throw new TypeError(`No value is known for {${name}} in ${text}.`);
    });
  return typeof texts === 'string'
    ? fill(texts)
    : texts.flatMap((text) => (text === '{regions}' ? regions : fill(text)));
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
