/** What an attribute says: `true`, a text, or a list whose order means something. False, null and empty are absent. */
export type AttributeValue = true | string | readonly string[];

/** One object of a database, such as a table, a column or a trigger, with all that its rows in the catalogs say. */
export interface Fact {
  /** Such as `table`, `column`, `function`. */
  kind: string;
  /** Its name within its kind, quoted as in SQL: `public.item`, `public.item.note`, `public.total(integer)`. */
  identity: string;
  attributes: Readonly<Record<string, AttributeValue>>;
  /** The keys of the facts with which it is dropped: a column's table, an index' columns or its constraint. */
  parents: readonly string[];
}

/** The whole schema of a database. */
export interface Catalog {
  /** The major version of its server: another deparses expressions in another way. */
  major: number;
  /** By key, in its order. */
  facts: ReadonlyMap<string, Fact>;
  /** What could not be read, one line each; empty when the facts are all that there is. */
  unread: readonly string[];
}

/** What a fact is found by: `table public.item`. */
export function factKey({ kind, identity }: Pick<Fact, 'kind' | 'identity'>): string {
  return `${kind} ${identity}`;
}
