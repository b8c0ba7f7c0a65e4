/** A document for programs; a bigint is a string of its digits, since many readers of JSON would round it. */
export function toJson(value: unknown, indent = 2): string {
  const bigintAsString = (_key: string, one: unknown): unknown =>
    typeof one === 'bigint' ? one.toString() : one;
  return JSON.stringify(value, bigintAsString, indent);
}
