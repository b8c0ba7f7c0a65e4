import type { Json, JsonObject } from '../model/stack-json.ts';
import { blocks, list, object, text } from '../model/stack-model.ts';

/**
 * The statements of a policy document that is text in the stack.
 *
 * @returns undefined when there is none, or when it can't be read
 */
export function statementsOf(policy: Json | undefined): JsonObject[] | undefined {
  if (typeof policy !== 'string') return undefined;
  try {
    // A Terraform expression may contain quotes; its value does not matter here.
    const document = JSON.parse(policy.replaceAll(/\$\{[^}]*\}/g, 'expression')) as Json;
    return blocks(object(document)?.['Statement']);
  } catch {
    return undefined;
  }
}

export function allows(statement: JsonObject): boolean {
  return statement['Effect'] === 'Allow';
}

/** Whether it allows everybody, without a condition. */
export function allowsEverybody(statement: JsonObject): boolean {
  const principal = statement['Principal'];
  const named = object(principal) === undefined ? list(principal) : list(object(principal)?.['AWS']);
  return allows(statement) && named.includes('*') && statement['Condition'] === undefined;
}

/** Whether it allows a whole service on every resource, or anything on every resource without a condition. */
export function allowsTooMuch(statement: JsonObject): boolean {
  const actions = list(statement['Action']).map((action) => text(action) ?? '');
  const wide = actions.some((action) => action === '*' || action.endsWith(':*'));
  const everywhere = list(statement['Resource']).includes('*') || statement['NotResource'] !== undefined;
  const unconditional = statement['Condition'] === undefined;
  return (
    allows(statement) && (statement['NotAction'] !== undefined || (everywhere && (wide || unconditional)))
  );
}
