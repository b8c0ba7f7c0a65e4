/** A row of a history table as PostgreSQL's `to_jsonb` shows it. */
export type HistoryRow = Readonly<Record<string, unknown>>;

/** What a history says about one migration. */
export interface HistoryEntry {
  /** As the history calls it. */
  name: string;
  /** Names of migrations of the code that may be the same one, likeliest first. */
  names: readonly string[];
  /** The version at the beginning of its name, where the tool goes by that: `1.2`, `20261122`. */
  version?: string;
  /** Why it is not applied as a whole. */
  failure?: string;
  /** Runs again whenever it changes, so it need not be taken over. */
  repeatable?: boolean;
  executedAt?: Date;
}

/** What the code can say about the entries of a history that holds no names. */
export interface EntryNames {
  /** Migrations of the code by the SHA-256 of their file. */
  byHash: ReadonlyMap<string, string>;
  /** Names by time, in ms: drizzle's `meta/_journal.json`. */
  byTime: ReadonlyMap<number, string>;
}

/** A tool that records in a table what it has applied. */
export interface HistoryTool {
  tool: string;
  /** How an entry is matched with a migration of the code. */
  rule: string;
  /** The name of the table, where its columns alone would not show whose it is. */
  table?: string;
  columns: readonly string[];
  /** Further columns; without it any may be there. */
  optionalColumns?: readonly string[];
  /** Its entries, in the order in which they were applied. */
  entries(rows: readonly HistoryRow[], names: EntryNames): HistoryEntry[];
}

const byName = 'the name, without an ending such as .ts or .sql';

/** The tools whose histories are recognized, by the columns of the table: projects name it freely. */
export const historyTools: readonly HistoryTool[] = [
  {
    tool: '@ecommerce-dms/migrator',
    rule: byName,
    columns: ['id', 'name', 'state', 'direction', 'next_statement', 'executed_at'],
    entries: (rows) =>
      inOrderOf(rows, 'id').map((row) => ({
        ...named(row['name'], row['executed_at']),
        failure:
          row['state'] === 'applied' ? undefined : `it is applied or reverted in part (${row['state']})`,
      })),
  },
  {
    tool: 'MikroORM',
    rule: byName,
    columns: ['id', 'name', 'executed_at'],
    optionalColumns: [],
    entries: (rows) => inOrderOf(rows, 'id').map((row) => named(row['name'], row['executed_at'])),
  },
  {
    tool: 'Flyway',
    rule: 'the file, without its ending (V1_2__add_name), else the version',
    columns: ['installed_rank', 'version', 'description', 'type', 'script', 'success'],
    entries: flywayEntries,
  },
  {
    tool: 'Liquibase',
    rule: 'the id of the change set, else its file, without its ending',
    columns: ['id', 'author', 'filename', 'dateexecuted', 'orderexecuted', 'exectype'],
    entries: (rows) =>
      inOrderOf(rows, 'orderexecuted').map(({ id, author, filename, dateexecuted, exectype }) => ({
        name: `${filename}::${id}::${author}`,
        names: [String(id), stem(String(filename))],
        failure: exectype === 'FAILED' ? 'its exectype is FAILED' : undefined,
        executedAt: date(dateexecuted),
      })),
  },
  {
    tool: 'Prisma',
    rule: 'the name of its folder, else the time at the beginning of it',
    columns: ['migration_name', 'started_at', 'finished_at', 'rolled_back_at'],
    entries: (rows) =>
      inOrderOf(rows, 'started_at')
        .filter((row) => row['rolled_back_at'] === null)
        .map(({ migration_name: name, finished_at: finishedAt }) => ({
          ...named(name, finishedAt),
          version: versionOf(String(name)),
          failure: finishedAt === null ? 'it has not finished' : undefined,
        })),
  },
  {
    tool: 'Drizzle',
    rule: "the SHA-256 of the .sql file, else the tag in drizzle's meta/_journal.json",
    columns: ['id', 'hash', 'created_at'],
    optionalColumns: ['name', 'applied_at'],
    entries: (rows, { byHash, byTime }) =>
      inOrderOf(rows, 'created_at').map(({ hash, created_at: time, name }) => {
        const known = [byHash.get(String(hash)), name, byTime.get(Number(time))];
        const names = known.filter((each) => typeof each === 'string');
        // Not by one of those: the entry has to be known again where they are not at hand.
        return { name: String(hash), names, executedAt: new Date(Number(time)) };
      }),
  },
  {
    tool: 'node-pg-migrate',
    rule: byName,
    columns: ['id', 'name', 'run_on'],
    optionalColumns: [],
    entries: (rows) => inOrderOf(rows, 'id').map((row) => named(row['name'], row['run_on'])),
  },
  {
    tool: 'Knex',
    rule: byName,
    columns: ['id', 'name', 'batch', 'migration_time'],
    optionalColumns: [],
    entries: (rows) => inOrderOf(rows, 'id').map((row) => named(row['name'], row['migration_time'])),
  },
  {
    tool: 'Sequelize',
    rule: byName,
    table: 'SequelizeMeta',
    columns: ['name'],
    entries: (rows) => inOrderOf(rows, 'name').map((row) => named(row['name'])),
  },
  {
    tool: 'Django',
    rule: byName,
    table: 'django_migrations',
    columns: ['app', 'name', 'applied'],
    entries: (rows) =>
      inOrderOf(rows, 'id').map(({ app, name, applied }) => ({
        ...named(name, applied),
        name: `${app}.${name}`,
      })),
  },
  {
    tool: 'Alembic',
    rule: 'the revision',
    table: 'alembic_version',
    columns: ['version_num'],
    entries: (rows) => rows.map((row) => named(row['version_num'])),
  },
  {
    tool: 'a tool with a table schema_migrations',
    rule: 'the version at the beginning of the name',
    table: 'schema_migrations',
    columns: ['version'],
    entries: (rows) =>
      inOrderOf(rows, 'version').map(({ version, dirty }) => ({
        ...named(version),
        version: versionOf(String(version)),
        failure: dirty === true ? 'it is dirty' : undefined,
      })),
  },
];

/** What a version of Flyway or a time at the beginning of a name is: `V1_02__a` and `1.2_a` are both `1.2`. */
export function versionOf(name: string): string | undefined {
  const version = /^(?:V|Migration)?(\d+(?:[._]\d+)*)(?:[_-]|$)/i.exec(name)?.[1];
  return version
    ?.split(/[._]/)
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.');
}

/** Without folders and the ending. */
export function stem(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.([cm]?[jt]s|sql|xml|ya?ml|json)$/, '');
}

function named(name: unknown, executedAt?: unknown): HistoryEntry {
  return { name: stem(String(name)), names: [stem(String(name))], executedAt: date(executedAt) };
}

function date(value: unknown): Date | undefined {
  return typeof value === 'string' ? new Date(value) : undefined;
}

/** By numbers as numbers, and texts as texts. */
function inOrderOf(rows: readonly HistoryRow[], column: string): HistoryRow[] {
  return rows.toSorted(({ [column]: a }, { [column]: b }) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  );
}

/** What has been undone, or deleted from the history, is no entry any more. */
function flywayEntries(rows: readonly HistoryRow[]): HistoryEntry[] {
  const entries = new Map<string, HistoryEntry>();
  for (const row of inOrderOf(rows, 'installed_rank')) {
    const { version, type, script, description, success } = row;
    const file = stem(String(script));
    if (version === null) {
      // A schema that Flyway created is a row too.
      if (type !== 'SCHEMA') entries.set(file, { name: file, names: [file], repeatable: true });
      continue;
    }
    const key = String(version);
    if (/^(UNDO|DELETE)/.test(String(type))) {
      if (success === true) entries.delete(key);
      continue;
    }
    entries.set(key, {
      name: type === 'BASELINE' ? `${key} (${description})` : file,
      names: [file],
      version: versionOf(key),
      failure: success === true ? undefined : 'its success is false',
      executedAt: date(row['installed_on']),
    });
  }
  return [...entries.values()];
}
