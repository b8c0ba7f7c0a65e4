// What a release reports of itself: plain data, which passes from one process to another.

export type Operation =
  | 'select'
  | 'populate'
  | 'insert'
  | 'insert with defaults'
  | 'update'
  | 'upsert'
  | 'delete'
  | 'change collection';

/** A value as a release has read it. */
export interface ReadValue {
  /** `null`, `string`, `number`, `Date`, ...: what JavaScript has. */
  kind: string;
  text: string;
}

/** Why an operation has failed, as PostgreSQL or MikroORM says it. */
export interface Failure {
  message: string;
  sqlState?: string;
  column?: string;
  constraint?: string;
  schema?: string;
  table?: string;
  /** Where in a function of the database. */
  where?: string;
}

/** What an operation is about. */
export interface Subject {
  entity: string;
  operation: Operation;
  property?: string;
  /** Which of several that do the same with other rows or values. */
  variant: string;
}

/** How an operation went. */
export interface Outcome extends Subject {
  /** What was read afterwards, by property. */
  values: Record<string, ReadValue>;
  failure?: Failure;
  /** The last statement that was sent. */
  statement?: string;
}

/** A property as its release declares it. */
export interface PropertyDescription {
  name: string;
  columns: string[];
  isScalar: boolean;
  /** It may be null. */
  isNullable: boolean;
  /** The values of an enum. */
  items?: string[];
}

/** An entity as its release declares it. */
export interface EntityDescription {
  name: string;
  schema: string;
  table: string;
  properties: PropertyDescription[];
}
