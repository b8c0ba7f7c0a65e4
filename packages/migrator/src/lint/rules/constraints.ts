import type { Constraint } from 'libpg-query';
import { type Context, relationSql, type TableChange, tableChanges } from '../context.ts';
import type { Report } from '../finding.ts';
import { constraintsOf, nodeOf, nodesOf, rangeVarOf, stringsOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { safeAlterTable } from '../safe-alter-table.ts';
import { constraintName, isSerial } from '../schema-model.ts';
import { quoted } from '../sql-text.ts';

/** A constraint that an ALTER TABLE adds, to the table or with a column. */
interface Added {
  change: TableChange;
  constraint: Constraint;
  name: string;
}

/** Rules of constraints. */
export const constraintRules: Rule[] = [
  {
    code: 'foreign-key-validated',
    kind: 'locks',
    severity: 'error',
    why: 'Neither table can be written while all rows are looked up.',
    *check(context) {
      for (const { change, constraint, name } of added(context, 'CONSTR_FOREIGN')) {
        if (constraint.skip_validation || constraint.is_enforced === false) continue;
        const isPartitioned =
          change.table?.isPartitioned && (context.model.server.version ?? 180_000) < 180_000;
        yield {
          message: `Adds the foreign key ${name} to ${change.name}, and looks up all its rows.`,
          blocks: change.table,
          ...(isPartitioned
            ? {
                advice:
                  'Before PostgreSQL 18 add it to each partition NOT VALID, validate those, and then add it to the table.',
              }
            : { rewrite: safeAlterTable(context) }),
        };
      }
      yield* keysOfFilledTables(context);
    },
  },
  {
    code: 'check-validated',
    kind: 'locks',
    severity: 'error',
    why: 'The table can be neither read nor written while all rows are checked.',
    *check(context) {
      for (const { change, constraint, name } of added(context, 'CONSTR_CHECK')) {
        if (constraint.skip_validation || constraint.is_enforced === false) continue;
        yield {
          message: `Adds the check ${name} to ${change.name}, and checks all its rows.`,
          blocks: change.table,
          rewrite: safeAlterTable(context),
        };
      }
    },
  },
  {
    code: 'unique-key-built',
    kind: 'locks',
    severity: 'error',
    why: 'The table can be neither read nor written while the index of the key is built.',
    *check(context) {
      for (const kind of ['CONSTR_UNIQUE', 'CONSTR_PRIMARY'] as const) {
        for (const { change, constraint, name } of added(context, kind)) {
          if (constraint.indexname !== undefined) continue;
          yield {
            message: `Adds the key ${name} to ${change.name}, and builds its index.`,
            blocks: change.table,
            ...(change.table?.isPartitioned || constraint.without_overlaps
              ? {
                  advice:
                    'PostgreSQL builds the index of such a key only this way: do it while the table is small, or idle.',
                }
              : { rewrite: safeAlterTable(context) }),
          };
        }
      }
    },
  },
  {
    code: 'primary-key-nullable',
    kind: 'locks',
    severity: 'error',
    why: 'The columns become NOT NULL: the table can be neither read nor written while all rows are checked.',
    *check(context) {
      const { model } = context;
      for (const { change, constraint } of added(context, 'CONSTR_PRIMARY')) {
        const { schemaname } = change.alter.relation ?? {};
        const { indexname: relname = '' } = constraint;
        const index = model.index({ relname, ...(schemaname !== undefined && { schemaname }) });
        const nullable = (index?.columns ?? []).filter(
          (column) =>
            change.table?.columns.has(column) && !model.isKnownNotNull(change.alter.relation, column),
        );
        if (nullable.length === 0) continue;
        yield {
          message: `Makes ${nullable.join(', ')} of ${change.name} NOT NULL.`,
          advice: 'Make them NOT NULL before, by way of a validated check.',
          blocks: change.table,
        };
      }
    },
  },
  {
    code: 'exclusion-built',
    kind: 'locks',
    severity: 'error',
    why: 'The table can be neither read nor written while the index of the constraint is built.',
    *check(context) {
      for (const { change, name } of added(context, 'CONSTR_EXCLUSION')) {
        yield {
          message: `Adds the exclusion constraint ${name} to ${change.name}.`,
          advice:
            'PostgreSQL has no way that waits for nobody: do it while the table is small, or copy into a new table.',
          blocks: change.table,
        };
      }
    },
  },
  {
    code: 'not-null-scan',
    kind: 'locks',
    severity: 'error',
    why: 'The table can be neither read nor written while all rows are checked. A validated check (column is not null) spares that.',
    *check(context) {
      for (const { command, subtype, name, alter, table } of tableChanges(context)) {
        const constraint = nodeOf(command.def, 'Constraint');
        const column =
          subtype === 'AT_SetNotNull'
            ? command.name
            : constraint?.contype === 'CONSTR_NOTNULL' && !constraint.skip_validation
              ? stringsOf(constraint.keys)[0]
              : undefined;
        if (column === undefined || context.model.isKnownNotNull(alter.relation, column)) continue;
        yield {
          message: `Makes ${name}.${quoted(column)} NOT NULL, and checks all rows.`,
          blocks: table,
          rewrite: safeAlterTable(context),
        };
      }
    },
  },
  {
    code: 'required-column',
    kind: 'compatibility',
    severity: 'error',
    why: 'It fails if the table has a row, and the previous release, which does not know the column, can write none.',
    *check(context) {
      for (const { command, subtype, name } of tableChanges(context)) {
        const column = nodeOf(command.def, 'ColumnDef');
        if (subtype !== 'AT_AddColumn' || column === undefined || isSerial(column)) continue;
        const kinds = constraintsOf(column).map(({ contype }) => contype);
        const isRequired = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY');
        const hasValue = (['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'] as const).some((kind) =>
          kinds.includes(kind),
        );
        if (!isRequired || hasValue) continue;
        yield {
          message: `Adds ${name}.${quoted(column.colname ?? '')}, which must have a value and has no default.`,
          rewrite: safeAlterTable(context),
        };
      }
    },
  },
  {
    code: 'domain-constraint-validated',
    kind: 'locks',
    severity: 'error',
    why: 'No table with a column of the domain can be written while their rows are checked.',
    *check({ node, model, text, start, end }) {
      const sql = text.slice(start, end);
      const alter = nodeOf(node, 'AlterDomainStmt');
      if (alter === undefined) return;
      const domain = rangeVarOf({ List: { items: alter.typeName ?? [] } });
      if (model.types.has(model.keyOf(domain)) && model.isOfThisRun(model.types.get(model.keyOf(domain))))
        return;
      const constraint = nodeOf(alter.def, 'Constraint');
      const name = relationSql(domain);
      if (alter.subtype === 'O') {
        yield {
          message: `Makes the domain ${name} NOT NULL.`,
          advice: 'Add a check (value is not null) NOT VALID and validate it, or make the columns NOT NULL.',
        };
      }
      if (alter.subtype !== 'C' || constraint === undefined || constraint.skip_validation) return;
      if (constraint.contype === 'CONSTR_NOTNULL') return;
      const own = constraint.conname ?? `${domain.relname}_check`;
      const named =
        constraint.conname === undefined
          ? sql.replace(/\badd\s+check\b/i, `add constraint ${quoted(own)} check`)
          : sql;
      yield {
        message: `Adds the check ${own} to the domain ${name}, and checks all rows of its type.`,
        rewrite: {
          statements: [`${named} not valid`, `alter domain ${name} validate constraint ${quoted(own)}`],
        },
      };
    },
  },
];

function added(context: Context, kind: Constraint['contype']): Added[] {
  return tableChanges(context).flatMap((change) => {
    const { command, subtype } = change;
    const key = context.model.keyOf(change.alter.relation);
    const column = nodeOf(command.def, 'ColumnDef');
    const own = subtype === 'AT_AddConstraint' ? nodeOf(command.def, 'Constraint') : undefined;
    const ofColumn = subtype === 'AT_AddColumn' && column ? constraintsOf(column) : [];
    return [...(own ? [own] : []), ...ofColumn]
      .filter(({ contype }) => contype === kind)
      .map((constraint) => ({ change, constraint, name: constraintName(key, constraint, column?.colname) }));
  });
}

/** A new table blocks nobody, but the table that it refers to, while its rows are looked up. */
function* keysOfFilledTables({ node, model }: Context): Iterable<Report> {
  const alter = nodeOf(node, 'AlterTableStmt');
  const table = model.table(alter?.relation);
  if (alter === undefined || !model.isNew(alter.relation) || !table?.isFilled) return;
  for (const { def } of nodesOf(alter.cmds, 'AlterTableCmd')) {
    const constraint = nodeOf(def, 'Constraint');
    if (constraint?.contype !== 'CONSTR_FOREIGN' || constraint.skip_validation) continue;
    if (model.isNew(constraint.pktable)) continue;
    yield {
      message: `Adds a foreign key to ${relationSql(alter.relation)}, which has rows already: ${relationSql(constraint.pktable)} cannot be written while they are looked up.`,
      advice: 'Add it before the rows, or NOT VALID, and validate it in a later migration.',
      blocks: model.table(constraint.pktable),
    };
  }
}
