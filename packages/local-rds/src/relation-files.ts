import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withAdmin } from './admin-client.ts';
import { exists } from './exists.ts';
import { pageBytes } from './page-checksum.ts';

/** A relation that has a file. */
export interface Relation {
  /** Path of its first file in the data folder. */
  path: string;
  /** For people: `table public.product in database "shop"`. */
  name: string;
}

/** The relations that the catalog of a database has, those without WAL left out: a standby has no files of them. */
export async function readRelations(port: number, password: string, database: string): Promise<Relation[]> {
  return await withAdmin(
    port,
    password,
    async (client) => {
      const { rows } = await client.query<Relation>(
        `select pg_relation_filepath(c.oid) as path,
                format('%s %I.%I in database "%s"',
                       case relkind when 'i' then 'index' when 'S' then 'sequence' else 'table' end,
                       nspname, relname, current_database()) as name
           from pg_class c join pg_namespace n on n.oid = relnamespace
          where relkind in ('r', 'i', 't', 'm', 'S') and relpersistence = 'p'`,
      );
      return rows;
    },
    { database },
  );
}

/** Length in bytes of each relation's main fork, by the path of its first file. */
export type RelationLengths = ReadonlyMap<string, number>;

/** The lengths of all relations in a data folder, whether its server runs or not. */
export async function relationLengths(data: string): Promise<RelationLengths> {
  const lengths = new Map<string, number>();
  const databases = (await readdir(join(data, 'base'))).map((oid) => `base/${oid}`);
  for (const folder of ['global', ...databases]) {
    const names = new Set(await readdir(join(data, folder)).catch(() => []));
    for (const name of names) {
      // A fork of that name is an unlogged relation's, of which a standby has nothing else.
      if (!/^\d+$/.test(name) || names.has(`${name}_init`)) continue;
      lengths.set(`${folder}/${name}`, await relationLength(data, `${folder}/${name}`));
    }
  }
  return lengths;
}

/** The bytes of a relation's files up to the first that is missing; 0 when there is none. */
async function relationLength(data: string, path: string): Promise<number> {
  let length = 0;
  for (let segment = 0; ; segment++) {
    const file = join(data, segment === 0 ? path : `${path}.${segment}`);
    const size = (await stat(file).catch(() => undefined))?.size;
    if (size === undefined) return length;
    length += size;
  }
}

/** The data of a writer, running or dead, to hold a standby's against. */
export interface Original {
  data: string;
  lengths: RelationLengths;
  /** Position in the WAL that the standby has replayed: it has whatever is older. */
  position: number;
  /** Whether the standby has written all of that to its disk: a page that is blank there was lost. */
  isFlushed: boolean;
}

/** What is wrong with the files of a relation, as a sentence: they are missing, or shorter than the original's. */
export async function fileFault(
  data: string,
  { path, name }: Relation,
  original?: Original,
): Promise<string | undefined> {
  if (!(await exists(join(data, path)))) return `${path}, ${name}, is missing`;
  const length = await relationLength(data, path);
  const expected = original?.lengths.get(path) ?? 0;
  if (!original || length >= expected || !(await hasContent(original, path, length, expected)))
    return undefined;
  return `${path}, ${name}, has ${length / pageBytes} pages, the writer's has ${expected / pageBytes}`;
}

/** Pages that were added and never written are in no WAL: only others must be on a standby, too. */
async function hasContent(original: Original, path: string, from: number, to: number): Promise<boolean> {
  for (let position = from - (from % pageBytes); position < to; position += pageBytes) {
    const segment = Math.floor(position / segmentBytes);
    const file = segment === 0 ? path : `${path}.${segment}`;
    if (await hasPage(original, file, position % segmentBytes)) return true;
  }
  return false;
}

/** Whether a page of the writer was written, and is in the WAL that the standby has. */
export async function hasPage(original: Original, path: string, offset: number): Promise<boolean> {
  const file = await open(join(original.data, path)).catch(() => undefined);
  // It was dropped or truncated after it had been measured.
  if (!file) return false;
  try {
    const page = Buffer.alloc(pageBytes);
    const { bytesRead } = await file.read(page, 0, pageBytes, offset);
    const position = page.readUInt32LE(0) * 2 ** 32 + page.readUInt32LE(4);
    // Positions 0 and 1 are those of pages without WAL: of an index that is being built.
    return bytesRead === pageBytes && position > 1 && position <= original.position;
  } finally {
    await file.close();
  }
}

/** A relation of more than 1 GB has several files. */
const segmentBytes = 2 ** 30;
