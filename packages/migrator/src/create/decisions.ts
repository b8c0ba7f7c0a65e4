import { UserError } from '@ecommerce-dms/errors';
import type { DatabaseSchema } from '@mikro-orm/postgresql';
import { qualifiedName } from '../identifiers.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { Leftover } from './leftovers.ts';

/** What is to be dropped and renamed. */
export interface Decisions {
  /** Leftovers, by their names, such as `column:public.item.note`. Default: none. */
  drop?: readonly string[];
  /** Leftovers and their new names, such as `column:public.item.note=remark`. Default: none. */
  rename?: readonly string[];
  /**
   * Left over columns that rows can be without from now on, such as `column:public.item.note`: a release whose entities
   * do not name it writes such rows. Default: none.
   */
  optional?: readonly string[];
  /** Why: written beside the drops and renames, so that lint accepts them. Default: lint asks for it. */
  reason?: string;
}

/**
 * The statements that drop what was named.
 *
 * @throws UserError `invalid-settings`: names each that is no leftover, or that no statement drops.
 */
export function dropStatements(drop: readonly string[], leftovers: readonly Leftover[]): string[] {
  const faults: string[] = [];
  const statements: string[] = [];
  for (const name of drop) {
    const leftover = leftovers.find((each) => each.name === name);
    if (leftover?.drop !== undefined) statements.push(leftover.drop);
    else if (leftover === undefined)
      faults.push(`${name} is nothing that the migrations have made and the entities lack`);
    else faults.push(`${name} is nothing that one statement drops: write that migration by hand`);
  }
  refuseDecisions('drop', faults, leftovers);
  return statements;
}

/**
 * The statements that let columns be null.
 *
 * @throws UserError `invalid-settings`: names each that is no leftover without which no row can be.
 */
export function relaxStatements(optional: readonly string[], leftovers: readonly Leftover[]): string[] {
  const required = leftovers.filter(({ relax }) => relax !== undefined);
  const faults = optional.filter((name) => !required.some((each) => each.name === name));
  refuseDecisions(
    'optional',
    faults.map((name) => `${name} is no column that is left over and that every row must have`),
    required,
  );
  return required.flatMap(({ name, relax }) =>
    relax !== undefined && optional.includes(name) ? [relax] : [],
  );
}

/**
 * The statements that give leftovers the names of what the entities have and the migrations lack.
 *
 * @throws UserError `invalid-settings`: names each that fits nothing.
 */
export function renameStatements(
  rename: readonly string[],
  leftovers: readonly Leftover[],
  target: DatabaseSchema,
): string[] {
  const faults: string[] = [];
  const statements: string[] = [];
  for (const text of rename) {
    const { kind, path, to } = partsOf(text);
    if (to === undefined || !leftovers.some(({ name }) => name === `${kind}:${path.join('.')}`)) {
      faults.push(`${text} begins with nothing that the migrations have made and the entities lack`);
      continue;
    }
    const [schema = '', table = '', column = ''] = path;
    if (kind === 'table') {
      if (target.getTable(`${schema}.${to}`) === undefined && target.getTable(to) === undefined)
        faults.push(`${text}: the entities have no table ${to}`);
      statements.push(`alter table ${qualifiedName([schema, table])} rename to ${qualifiedName([to])}`);
    } else if (kind === 'column') {
      const own = target.getTable(`${schema}.${table}`) ?? target.getTable(table);
      if (own?.hasColumn(to) !== true) faults.push(`${text}: the entities have no column ${table}.${to}`);
      statements.push(
        `alter table ${qualifiedName([schema, table])} rename column ${qualifiedName([column])} to ${qualifiedName([to])}`,
      );
    } else {
      faults.push(`${text}: only tables and columns are renamed`);
    }
  }
  refuseDecisions('rename', faults, leftovers);
  return statements;
}

/** The parts of `column:public.item.note=remark`. */
function partsOf(text: string): { kind: string; path: string[]; to: string | undefined } {
  const [, kind = '', path = '', to] = /^([\w-]+):([^=]+)=(.+)$/.exec(text) ?? [];
  return { kind, path: path.split('.'), to };
}

function refuseDecisions(option: string, faults: readonly string[], leftovers: readonly Leftover[]): void {
  if (faults.length === 0) return;
  const names = leftovers.map(({ name }) => name).join(', ');
  throw new UserError('invalid-settings', `Wrong in ${option}:\n- ${faults.join('\n- ')}`, {
    hint: `${names === '' ? 'Nothing is left over' : `Left over are: ${names}`}. Or begin a migration by hand: ${migratorCommand('create', '--blank')}.`,
  });
}

/** What may be a rename: an option for {@link Decisions.rename} for each. */
export function possibleRenames(
  leftovers: readonly Leftover[],
  target: DatabaseSchema,
  added: { columns: ReadonlyMap<string, readonly string[]>; tables: ReadonlySet<string> },
): string[] {
  return leftovers.flatMap(({ name, type, columns }) => {
    const path = name.slice(name.indexOf(':') + 1).split('.');
    const [schema = '', table = ''] = path;
    if (type !== undefined) {
      const own = target.getTable(`${schema}.${table}`) ?? target.getTable(table);
      const same = added.columns.get(`${schema}.${table}`) ?? [];
      return same.filter((each) => own?.getColumn(each)?.type === type).map((to) => `${name}=${to}`);
    }
    if (columns === undefined) return [];
    return target
      .getTables()
      .filter(
        (each) =>
          added.tables.has(`${each.schema ?? 'public'}.${each.name}`) &&
          (each.schema ?? 'public') === schema &&
          columns.filter((column) => each.hasColumn(column)).length * 2 > columns.length,
      )
      .map((to) => `${name}=${to.name}`);
  });
}
