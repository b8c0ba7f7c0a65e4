import type { Node } from 'libpg-query';
import { namePartsOf } from '../../identifiers.ts';
import { relationSql, tableChanges } from '../context.ts';
import { nodeOf, rangeVarOf, stringsOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { quoted } from '../sql-text.ts';

const renameWhy = 'The previous release, which still runs, fails on the old name from that moment on.';
const renamed: Partial<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_SCHEMA: 'schema',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
};

const dropped: Partial<Record<string, string>> = {
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_EXTENSION: 'extension',
};

function objectName(object: Node): string[] {
  const names = nodeOf(object, 'ObjectWithArgs')?.objname ?? nodeOf(object, 'TypeName')?.names;
  return names === undefined ? namePartsOf(object) : stringsOf(names);
}

/** The name, without its schema, of a function, type, sequence or extension that a statement creates. */
function createdName(node: Node): string | undefined {
  const names =
    nodeOf(node, 'CreateFunctionStmt')?.funcname ??
    nodeOf(node, 'CreateEnumStmt')?.typeName ??
    nodeOf(node, 'CreateDomainStmt')?.domainname ??
    nodeOf(node, 'DefineStmt')?.defnames;
  const relation = nodeOf(node, 'CreateSeqStmt')?.sequence ?? nodeOf(node, 'CompositeTypeStmt')?.typevar;
  return names === undefined
    ? (relation?.relname ?? nodeOf(node, 'CreateExtensionStmt')?.extname)
    : stringsOf(names).at(-1);
}

/** Rules of what the previous release cannot work with. */
export const compatibilityRules: Rule[] = [
  {
    code: 'rename-column',
    kind: 'compatibility',
    severity: 'error',
    why: renameWhy,
    *check({ node, model }) {
      const rename = nodeOf(node, 'RenameStmt');
      if (rename?.renameType !== 'OBJECT_COLUMN' || model.isNew(rename.relation)) return;
      const { relation, subname = '', newname = '' } = rename;
      if (model.isOfThisRun(model.table(relation)?.columns.get(subname)?.createdIn)) return;
      yield {
        message: `Renames ${relationSql(relation)}.${quoted(subname)} to ${quoted(newname)}.`,
        advice:
          'Add the new column, write both, fill it in batches, read it in the next release, and drop the old one in the one after; or give only the property another name.',
      };
    },
  },
  {
    code: 'rename-object',
    kind: 'compatibility',
    severity: 'error',
    why: renameWhy,
    *check({ node, model }) {
      const rename = nodeOf(node, 'RenameStmt');
      const kind = renamed[rename?.renameType ?? ''];
      if (rename === undefined || kind === undefined) return;
      if (rename.relation && model.isNew(rename.relation)) return;
      const old = rename.relation
        ? relationSql(rename.relation)
        : (rename.subname ?? stringsOf(nodeOf(rename.object, 'List')?.items).join('.'));
      if (!rename.relation && model.isOfThisRun(model.types.get(`public.${old}`))) return;
      yield {
        message: `Renames the ${kind} ${old} to ${quoted(rename.newname ?? '')}.`,
        advice:
          'Leave its name, and give only the entity another one; or create the new one beside it and drop the old one a release later.',
      };
    },
  },
  {
    code: 'schema-changed',
    kind: 'compatibility',
    severity: 'error',
    why: renameWhy,
    *check({ node, model }) {
      const move = nodeOf(node, 'AlterObjectSchemaStmt');
      if (move === undefined || move.objectType === 'OBJECT_EXTENSION' || model.isNew(move.relation)) return;
      const name = move.relation ? relationSql(move.relation) : relationSql(rangeVarOf(move.object));
      yield { message: `Moves ${name} to the schema ${quoted(move.newschema ?? '')}.` };
    },
  },
  {
    code: 'enum-value-renamed',
    kind: 'compatibility',
    severity: 'error',
    why: 'The previous release, which still runs, writes and expects the old value.',
    *check({ node, model }) {
      const alter = nodeOf(node, 'AlterEnumStmt');
      if (alter?.oldVal === undefined) return;
      const type = rangeVarOf({ List: { items: alter.typeName ?? [] } });
      if (model.types.has(model.keyOf(type)) && model.isOfThisRun(model.types.get(model.keyOf(type)))) return;
      yield {
        message: `Renames the value '${alter.oldVal}' of ${relationSql(type)} to '${alter.newVal ?? ''}'.`,
      };
    },
  },
  {
    code: 'not-null-dropped',
    kind: 'compatibility',
    severity: 'warning',
    why: 'The previous release, which still runs, does not expect null.',
    *check(context) {
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const { name: column = '' } = command;
        if (subtype !== 'AT_DropNotNull') continue;
        if (context.model.isOfThisRun(table?.columns.get(column)?.createdIn)) continue;
        yield { message: `Lets ${name}.${quoted(column)} be null.` };
      }
    },
  },
  {
    code: 'drop-view',
    kind: 'compatibility',
    severity: 'error',
    why: 'The previous release, which still runs, may read it.',
    *check({ node, model, later }) {
      const drop = nodeOf(node, 'DropStmt');
      if (!drop || !['OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(drop.removeType ?? '')) return;
      const created = new Set(
        later.map((each) => {
          const view =
            nodeOf(each.node, 'ViewStmt')?.view ?? nodeOf(each.node, 'CreateTableAsStmt')?.into?.rel;
          return view && model.keyOf(view);
        }),
      );
      const gone = (drop.objects ?? [])
        .map(rangeVarOf)
        .filter((view) => !created.has(model.keyOf(view)) && !model.isNew(view));
      if (gone.length > 0) yield { message: `Drops the view ${gone.map(relationSql).join(', ')}.` };
    },
  },
  {
    code: 'drop-object',
    kind: 'compatibility',
    severity: 'error',
    why: 'The previous release, which still runs, may use it.',
    *check({ node, model, later }) {
      const drop = nodeOf(node, 'DropStmt');
      const kind = dropped[drop?.removeType ?? ''];
      if (drop === undefined || kind === undefined) return;
      const made = new Set(later.flatMap((each) => createdName(each.node) ?? []));
      const gone = (drop.objects ?? []).flatMap((object) => {
        const name = objectName(object);
        const own = name.at(-1) ?? '';
        const key = model.keyOf(rangeVarOf(object));
        const isOfThisRun =
          (model.types.has(key) && model.isOfThisRun(model.types.get(key))) ||
          model.isOfThisRun(model.objectRuns.get(own));
        const isInUse = !made.has(own) && !isOfThisRun && !model.triggerFunctions.has(own);
        return isInUse ? [name.join('.')] : [];
      });
      if (gone.length > 0) yield { message: `Drops the ${kind} ${gone.join(', ')}.` };
    },
  },
  {
    code: 'trigger-disabled',
    kind: 'compatibility',
    severity: 'error',
    why: 'Whatever anybody writes meanwhile is not checked: ALL includes foreign keys.',
    *check(context) {
      for (const { command, subtype, name } of tableChanges(context)) {
        if (!subtype?.startsWith('AT_DisableTrig')) continue;
        yield {
          message: `Disables ${command.name ?? 'all triggers'} of ${name}.`,
          advice: 'Let the trigger look at a setting of the session, and set that.',
        };
      }
    },
  },
];
