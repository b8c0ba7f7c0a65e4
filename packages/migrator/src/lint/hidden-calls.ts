import type { Node } from 'libpg-query';
import { nodesBelow, stringsOf } from './nodes.ts';
import type { SchemaModel } from './schema-model.ts';
import { knownFunctions } from './volatility.ts';

/** Volatile ones of PostgreSQL that touch no table. */
const harmless = new Set(
  `set_config setval currval lastval pg_notify pg_sleep pg_sleep_for pg_sleep_until pg_backend_pid setseed
  txid_current pg_current_xact_id pg_stat_clear_snapshot pg_logical_emit_message count sum avg min max bool_and
  bool_or every array_agg string_agg json_agg jsonb_agg generate_series unnest exists coalesce row_number rank
  pg_typeof obj_description col_description version
  array_length array_position cardinality jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_typeof
  jsonb_set jsonb_array_length regexp_match regexp_matches nullif`.split(/\s+/),
);
const harmlessKinds =
  /^(?:pg_(?:try_)?advisory_|pg_get_|pg_total_|pg_relation_|has_\w+_privilege$|current_|to_reg)/;

/**
 * The functions that an expression calls and that may do anything: nothing says that they only read.
 *
 * Whoever makes a function of PostgreSQL's own name in a schema of the search path is seen where a migration or the
 * database shows it.
 */
export function hiddenCalls(expression: Node, model: SchemaModel): string[] {
  const names = [...nodesBelow(expression)].flatMap(([kind, node]) =>
    kind === 'FuncCall' ? [stringsOf(node['funcname'] as Node[])] : [],
  );
  const hidden = names.filter((parts) => {
    const name = parts.at(-1) ?? '';
    if (model.isVolatile(name) === false) return false;
    const isOfSystem = parts.length === 1 || parts[0] === 'pg_catalog';
    const isKnown = knownFunctions.has(name) || harmless.has(name) || harmlessKinds.test(name);
    return model.functions.has(name) || !isOfSystem || !isKnown;
  });
  return [...new Set(hidden.map((parts) => parts.join('.')))];
}
