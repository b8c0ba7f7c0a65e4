import type { Node } from 'libpg-query';
import { functionsIn, nodesBelow } from './nodes.ts';
import type { SchemaModel } from './schema-model.ts';

/**
 * Functions of PostgreSQL that defaults are often made of and that return one value in a whole statement. Of all
 * others, the database is asked; without one they count as volatile, as CREATE FUNCTION makes them.
 */
const stableFunctions = new Set(
  `now transaction_timestamp statement_timestamp date_trunc date_part extract timezone to_timestamp to_date to_char
  make_date make_time make_timestamp make_timestamptz make_interval age justify_days lower upper initcap concat
  concat_ws format length char_length octet_length btrim ltrim rtrim trim left right lpad rpad repeat replace reverse
  substr substring overlay position split_part translate md5 sha256 sha512 encode decode quote_literal quote_ident
  chr ascii abs ceil ceiling floor round trunc sign mod power sqrt div greatest least
  jsonb_build_object jsonb_build_array json_build_object json_build_array to_json to_jsonb jsonb_object json_object
  array_fill array_append array_cat string_to_array regexp_replace regexp_split_to_array to_tsvector
  int4range int8range numrange tsrange tstzrange daterange current_setting current_schema current_database uuid_nil
  inet_client_addr point box hashtext`.split(/\s+/),
);

/** Whether an expression can have another value for each row: then a new column with it rewrites the table. */
export function mayBeVolatile(expression: Node | undefined, model: SchemaModel): boolean {
  if (functionsIn(expression).some((name) => model.isVolatile(name) ?? !stableFunctions.has(name)))
    return true;
  return [...nodesBelow(expression)].some(([kind]) => kind === 'NextValueExpr');
}

/** The functions of an expression of which nobody knows whether they are volatile. */
export function unknownFunctions(expression: Node | undefined, model: SchemaModel): string[] {
  return functionsIn(expression).filter(
    (name) =>
      model.isVolatile(name) === undefined && !stableFunctions.has(name) && !volatileFunctions.has(name),
  );
}

/** Well known to return another value each time. */
const volatileFunctions = new Set([
  'random',
  'gen_random_uuid',
  'uuidv4',
  'uuidv7',
  'uuid_generate_v1',
  'uuid_generate_v4',
  'clock_timestamp',
  'timeofday',
  'nextval',
]);

/** Those of PostgreSQL that are known here: none of them writes into a table. */
export const knownFunctions: ReadonlySet<string> = new Set([...stableFunctions, ...volatileFunctions]);
