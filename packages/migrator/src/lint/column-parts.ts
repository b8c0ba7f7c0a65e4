import type { ColumnDef, Constraint } from 'libpg-query';
import { constraintsOf } from './nodes.ts';
import type { SqlText } from './sql-text.ts';

/** A constraint of a column with its text, attributes such as DEFERRABLE included. */
export interface ColumnConstraint {
  node: Constraint;
  text: string;
}

/** The text of a column, `ADD COLUMN` included, and those of its constraints. */
export interface ColumnParts {
  head: string;
  constraints: ColumnConstraint[];
}

/** Takes the text of an added column apart. */
export function columnParts(text: SqlText, [start, end]: [number, number], column: ColumnDef): ColumnParts {
  const nodes = constraintsOf(column).toSorted((a, b) => (a.location ?? 0) - (b.location ?? 0));
  const collation = column.collClause?.location;
  const places = nodes.map((node) => node.location ?? end);
  const bounds = [...places, ...(collation === undefined ? [] : [collation]), end].toSorted((a, b) => a - b);
  const until = (place: number): string => text.slice(place, bounds.find((bound) => bound > place) ?? end);
  const constraints: ColumnConstraint[] = [];
  for (const node of nodes) {
    const own = until(node.location ?? end);
    const last = constraints.at(-1);
    if (node.contype?.startsWith('CONSTR_ATTR_') && last) last.text += ` ${own}`;
    else constraints.push({ node, text: own });
  }
  const collated = collation === undefined ? '' : ` ${until(collation)}`;
  return {
    head: `${text.slice(start, Math.min(...bounds.filter((bound) => bound >= start)))}${collated}`,
    constraints,
  };
}
