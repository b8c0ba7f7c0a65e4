import { UserError } from '@ecommerce-dms/errors';

/** What {@link jsonForm} makes of a value. */
export type JsonForm<Value> = unknown extends Value
  ? unknown
  : Value extends bigint | Date
    ? string
    : Value extends string | number | boolean
      ? // Also of one that is intersected, as NonNullable does.
        Value
      : Value extends undefined | void
        ? null
        : Value extends readonly (infer Item)[]
          ? JsonForm<Item>[]
          : Value extends object
            ? {
                [Name in keyof Value as undefined extends Value[Name] ? never : Name]: JsonForm<Value[Name]>;
              } & {
                [Name in keyof Value as undefined extends Value[Name] ? Name : never]?: JsonForm<
                  Exclude<Value[Name], undefined>
                >;
              }
            : Value;

/**
 * The result of an operation as JSON has it: a bigint (an amount in minor units, an order number) as its decimal
 * digits, since a JSON number would lose some; a Date in ISO 8601 in UTC; a property that is undefined is left out, any
 * other undefined is null; a UserError as `code`, `message` and `hint`, and of any other error nothing that it says.
 *
 * @example
 * ```ts
 * const order = await withRetry(em, checkout, request);
 * console.log(JSON.stringify(jsonForm(order))); // {"id":"0199...","number":"1001","totalMinor":"2600"}
 * ```
 */
export function jsonForm<Value>(value: Value): JsonForm<Value> {
  return formOf(value) as JsonForm<Value>;
}

function formOf(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return errorForm(value);
  if (Array.isArray(value)) return value.map(formOf);
  // An entity of MikroORM.
  if ('toJSON' in value && typeof value.toJSON === 'function') return formOf(value.toJSON());
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(given.map(([name, each]) => [name, formOf(each)]));
}

/** Of an error of a user; of any other, nobody knows what its message has. */
function errorForm(error: Error): object {
  if (error instanceof UserError) {
    const { code, message, hint } = error;
    return { code, message, ...(hint === undefined ? {} : { hint }) };
  }
  return { message: 'unexpected error' };
}
