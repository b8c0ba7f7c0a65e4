import type { Json, JsonObject } from '../model/stack-json.ts';
import { list, object, text } from '../model/stack-model.ts';

/** The full address of what is referred to; undefined where that is no resource of the module, such as `var.size`. */
export type ReferenceResolver = (reference: string) => string | undefined;

/**
 * One resource of a plan, as its configuration would be written with everything known filled in.
 *
 * @param expressions `configuration` of the plan: each attribute as `{ constant_value?, references? }`, blocks nested
 * @param values `planned_values`, without what is known after the apply alone
 */
export function plannedConfig(
  expressions: JsonObject = {},
  values: JsonObject = {},
  resolve: ReferenceResolver,
): JsonObject {
  const configured = Object.entries(expressions).map(
    ([name, expression]) => [name, planned(expression, values[name], resolve)] as const,
  );
  // The plan's configuration leaves dynamic blocks out; its values have them.
  const dynamic = Object.entries(values).filter(
    ([name, value]) => !(name in expressions) && Array.isArray(value) && object(value[0]) !== undefined,
  );
  return Object.fromEntries([...dynamic, ...configured]);
}

function planned(
  expression: Json | undefined,
  value: Json | undefined,
  resolve: ReferenceResolver,
): Json | undefined {
  if (!isExpression(expression)) {
    const isKnown = value !== undefined && !refersToResource(expression, resolve);
    return isKnown ? value : nestedBlocks(expression, resolve);
  }
  const references = referencesOf(expression, resolve);
  // Of an id it matters where it is from; of a switch, a number and a policy document, the value.
  const isLiteral = typeof value === 'boolean' || typeof value === 'number' || text(value)?.startsWith('{');
  if (references.length === 0 || isLiteral)
    return value ?? expression['constant_value'] ?? unresolved(expression);
  // Terraform's JSON syntax shows here as it was written. Of HCL there are the references alone.
  if (expression['constant_value'] !== undefined) return expression['constant_value'];
  const written = references.map((reference) => `\${${reference}}`);
  return Array.isArray(value) || written.length > 1 ? written : written[0];
}

function nestedBlocks(expression: Json | undefined, resolve: ReferenceResolver): Json | undefined {
  if (Array.isArray(expression)) return expression.map((block: Json) => nestedBlocks(block, resolve) ?? null);
  const block = object(expression);
  return block && plannedConfig(block, undefined, resolve);
}

/** An attribute, other than a nested block. `{}` is one that is null. */
function isExpression(value: Json | undefined): value is JsonObject {
  const keys = Object.keys(object(value) ?? { block: true });
  return keys.every((key) => key === 'constant_value' || key === 'references');
}

function refersToResource(expression: Json | undefined, resolve: ReferenceResolver): boolean {
  if (isExpression(expression)) return referencesOf(expression, resolve).length > 0;
  return list(expression)
    .flatMap((block) => Object.values(object(block) ?? {}))
    .some((nested) => refersToResource(nested, resolve));
}

/** Terraform lists each reference to an attribute, and once more without the attribute. */
function referencesOf(expression: JsonObject, resolve: ReferenceResolver): string[] {
  return list(expression['references'])
    .map((reference) => resolve(text(reference) ?? ''))
    .filter((reference) => reference !== undefined);
}

/** Set, to something that is not known: `${var.size}`, or the data source that it comes from. */
function unresolved(expression: JsonObject): Json | undefined {
  const reference = text(list(expression['references'])[0]);
  return reference === undefined ? undefined : `\${${reference}}`;
}
