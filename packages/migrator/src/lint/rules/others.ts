import { type Context, relationSql, tableChanges } from '../context.ts';
import type { Rewrite } from '../finding.ts';
import { nodeOf, nodesOf, rangeVarOf, stringsOf, typeOf } from '../nodes.ts';
import { hiddenCalls } from '../hidden-calls.ts';
import { statementsOfDo } from '../procedural.ts';
import type { Rule } from '../rule.ts';
import { safeAlterTable } from '../safe-alter-table.ts';
import { isSerial } from '../schema-model.ts';
import { addedColumns } from '../added-columns.ts';

const longestName = 63;

/** Rules of partitions, of names, of what cannot be decided, and opinions. */
export const otherRules: Rule[] = [
  {
    code: 'detach-not-concurrent',
    kind: 'locks',
    severity: 'error',
    why: 'It waits for every query of the partitioned table, and every later query waits behind it.',
    *check(context) {
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const partition = nodeOf(command.def, 'PartitionCmd');
        if (subtype !== 'AT_DetachPartition' || partition?.concurrent) continue;
        yield {
          message: `Detaches ${relationSql(partition?.name)} from ${name}.`,
          ...(table?.hasDefaultPartition
            ? {
                advice:
                  'PostgreSQL detaches nothing CONCURRENTLY from a table with a default partition: do it while the table is idle.',
              }
            : { rewrite: detached(context) }),
        };
      }
    },
  },
  {
    code: 'attach-scans',
    kind: 'locks',
    severity: 'warning',
    why: 'The partition can be neither read nor written while all its rows are checked, and a default partition neither. A validated check that implies the bounds spares that.',
    *check(context) {
      const { model } = context;
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const partition = nodeOf(command.def, 'PartitionCmd');
        if (subtype !== 'AT_AttachPartition' || partition?.name === undefined) continue;
        const attached = model.table(partition.name);
        if (model.isNew(partition.name) && !table?.hasDefaultPartition) continue;
        const hasCheck = [...(attached?.constraints.values() ?? [])].some(
          ({ kind, isValidated }) => kind === 'CONSTR_CHECK' && isValidated,
        );
        if (hasCheck && !table?.hasDefaultPartition) continue;
        if (partition.bound?.is_default) continue;
        yield {
          message: `Attaches ${relationSql(partition.name)} to ${name}.`,
          advice:
            'Add a check of the bounds NOT VALID and validate it before, to the partition and, negated, to the default partition.',
          blocks: attached,
        };
      }
    },
  },
  {
    code: 'name-too-long',
    kind: 'names',
    severity: 'error',
    why: 'PostgreSQL cuts names after 63 bytes, without an error: two of them can become one, and code that uses the whole name looks for another.',
    *check({ text, start, end, sql }) {
      // A character has up to four bytes. Most statements need no further look.
      if (!/"(?:[^"]|""){16,}"|[\w$\u0080-\uffff]{16,}/.test(sql)) return;
      const long = text.tokens(start, end).filter((token) => {
        const isName = token.tokenName === 'IDENT' || token.tokenName === 'UIDENT';
        const name = token.text.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"');
        return isName && Buffer.byteLength(name) > longestName;
      });
      if (long.length === 0) return;
      let rewritten = '';
      let at = start;
      for (const token of long) {
        rewritten += text.whole(at, token.start) + cut(token.text);
        at = token.end;
      }
      yield {
        message: `Uses ${long.map((token) => token.text).join(', ')}: longer than 63 bytes.`,
        rewrite: { statements: [(rewritten + text.whole(at, end)).trim()] },
      };
    },
  },
  {
    code: 'column-assigned-twice',
    kind: 'names',
    severity: 'error',
    why: 'PostgreSQL refuses a statement that gives a column two values.',
    *check({ node }) {
      const update = nodeOf(node, 'UpdateStmt');
      const insert = nodeOf(node, 'InsertStmt');
      const lists = [update?.targetList, insert?.cols, insert?.onConflictClause?.targetList];
      for (const list of lists) {
        const names = nodesOf(list, 'ResTarget')
          .filter(({ indirection }) => indirection === undefined)
          .map(({ name = '' }) => name);
        const twice = names.filter((name, index) => names.indexOf(name) !== index);
        if (twice.length > 0) yield { message: `Gives ${[...new Set(twice)].join(', ')} several values.` };
      }
    },
  },
  {
    code: 'undecided',
    kind: 'undecided',
    severity: 'error',
    why: 'What it does is known only when it runs: nothing here has judged it.',
    *check(statement) {
      if (statement.migration.isOpaque === true) {
        yield {
          message: 'Runs queries itself, with execute() or the EntityManager.',
          advice:
            'Emit the statements with addSql(); or look at them, and accept the finding in the options.',
        };
      }
      const call = nodeOf(statement.node, 'CallStmt');
      if (call) yield { message: 'Calls a procedure.' };
      if ('ExecuteStmt' in statement.node) yield { message: 'Executes a prepared statement.' };
      const calls = 'SelectStmt' in statement.node ? hiddenCalls(statement.node, statement.model) : [];
      if (calls.length > 0) {
        yield {
          message: `Calls ${calls.map((name) => `${name}()`).join(', ')}, which can do anything.`,
          advice: 'Look at what it does, and say beside the statement why that is safe.',
        };
      }
      if (!('DoStmt' in statement.node)) return;
      const { hidden } = statementsOfDo(statement);
      if (hidden !== undefined) {
        yield {
          message: `Runs a DO block whose statements do not show: ${hidden}.`,
          advice:
            'Write the statements into the migration; or look at them, and say beside the block why they are safe.',
        };
      }
    },
  },
  {
    code: 'timestamp-without-zone',
    kind: 'style',
    severity: 'warning',
    why: 'It does not say which moment it means: that depends on the time zone of whoever wrote it.',
    *check(context) {
      for (const { name, column } of addedColumns(context)) {
        if (typeOf(column.typeName).name !== 'timestamp') continue;
        yield { message: `Makes ${name} a timestamp without time zone.`, advice: 'Use timestamptz.' };
      }
    },
  },
  {
    code: 'json-type',
    kind: 'style',
    severity: 'warning',
    why: 'The type json has no equality: SELECT DISTINCT, GROUP BY and UNION of its rows fail.',
    *check(context) {
      for (const { name, column } of addedColumns(context)) {
        if (typeOf(column.typeName).name !== 'json') continue;
        yield { message: `Makes ${name} json.`, advice: 'Use jsonb.' };
      }
    },
  },
  {
    code: 'char-type',
    kind: 'style',
    severity: 'warning',
    why: 'It pads with blanks, saves no space, and compares differently from all other texts.',
    *check(context) {
      for (const { name, column } of addedColumns(context)) {
        if (typeOf(column.typeName).name !== 'bpchar') continue;
        yield { message: `Makes ${name} a char(n).`, advice: 'Use text, with a check of its length.' };
      }
    },
  },
  {
    code: 'small-key',
    kind: 'style',
    severity: 'warning',
    isOff: true,
    why: 'It ends at 2,147,483,647, and a wider one later means to write every row anew.',
    *check(context) {
      for (const { name, column } of addedColumns(context)) {
        const { name: type } = typeOf(column.typeName);
        if (!['int4', 'int2', 'serial', 'smallserial', 'serial4', 'serial2'].includes(type)) continue;
        yield { message: `Makes ${name} ${type}.`, advice: 'Use bigint.' };
      }
    },
  },
  {
    code: 'varchar-limit',
    kind: 'style',
    severity: 'warning',
    isOff: true,
    why: 'A shorter limit later means to check every row under a lock; a check can be added NOT VALID.',
    *check(context) {
      for (const { name, column } of addedColumns(context)) {
        const { name: type, modifiers } = typeOf(column.typeName);
        if (type !== 'varchar' || modifiers.length === 0) continue;
        yield {
          message: `Makes ${name} varchar(${modifiers[0]}).`,
          advice: 'Use text, with a check of its length.',
        };
      }
    },
  },
  {
    code: 'serial-type',
    kind: 'style',
    severity: 'warning',
    isOff: true,
    why: 'Its sequence has rights and an owner of its own; an identity column has not.',
    *check(context) {
      for (const { name, column } of addedColumns(context)) {
        if (isSerial(column))
          yield { message: `Makes ${name} serial.`, advice: 'Use generated by default as identity.' };
      }
    },
  },
  {
    code: 'domain-with-constraint',
    kind: 'style',
    severity: 'warning',
    isOff: true,
    why: 'Its constraint can only be changed for all tables at once.',
    *check({ node }) {
      const domain = nodeOf(node, 'CreateDomainStmt');
      if (!nodesOf(domain?.constraints, 'Constraint').some(({ contype }) => contype !== 'CONSTR_NULL'))
        return;
      yield { message: `Creates the domain ${stringsOf(domain?.domainname).join('.')} with a constraint.` };
    },
  },
  {
    code: 'enum-value-unordered',
    kind: 'style',
    severity: 'warning',
    isOff: true,
    why: 'Values are compared in their order, and without BEFORE or AFTER a value comes last.',
    *check({ node }) {
      const alter = nodeOf(node, 'AlterEnumStmt');
      if (alter === undefined || alter.oldVal !== undefined || alter.newValNeighbor !== undefined) return;
      yield {
        message: `Adds '${alter.newVal}' to ${relationSql(rangeVarOf({ List: { items: alter.typeName ?? [] } }))} as its last value.`,
      };
    },
  },
];

function detached(context: Context): Rewrite | undefined {
  const rewrite = safeAlterTable(context);
  const note =
    'It leaves a check of the bounds on the partition, which spares a scan when it is attached again.';
  return rewrite && { ...rewrite, note };
}

/** A token cut as PostgreSQL cuts it: between two characters. */
function cut(token: string): string {
  const isQuoted = token.startsWith('"');
  let name = isQuoted ? token.slice(1, -1).replaceAll('""', '"') : token;
  while (Buffer.byteLength(name) > longestName) name = [...name].slice(0, -1).join('');
  return isQuoted ? `"${name.replaceAll('"', '""')}"` : name;
}
