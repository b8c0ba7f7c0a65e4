/** Something that the migrations have made and the entities do not name, or that differs and is never changed unasked. */
export interface Leftover {
  /** As `drop` takes it, such as `column:public.item.note`. */
  name: string;
  /** The statement that drops it; undefined for what no statement drops, such as how a table is partitioned. */
  drop?: string;
  /** Of a column: its type. */
  type?: string;
  /** Of a column that no row can be without, and that has no default: the statement that lets it be null. */
  relax?: string;
  /** Of a table: the names of its columns. */
  columns?: readonly string[];
}

/** Collects them. */
export class Leftovers {
  readonly all: Leftover[] = [];

  add(
    kind: string,
    path: readonly (string | undefined)[],
    drop?: string,
    more: Pick<Leftover, 'type' | 'columns' | 'relax'> = {},
  ): void {
    this.all.push({
      name: `${kind}:${path.filter((part) => part !== undefined && part !== '').join('.')}`,
      ...(drop !== undefined && { drop }),
      ...more,
    });
  }
}
