import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32c } from './crc32c.ts';

const segmentBytes = 16 * 2 ** 20;
const pageBytes = 8192;
const recordHeaderBytes = 24;
/** Of PostgreSQL 18's WAL. */
const pageMagic = 0xd118;
/** A page's flag: a record that was begun before it was never completed; after a crash the writer started over here. */
const overwritesContinuation = 0x0008;
const longHeader = 0x0002;

/**
 * Where the WAL of a stopped server, or of a standby whose writer is gone, ends: behind the last complete record, which
 * is as far as a recovery would come. In bytes since the beginning of its history, as an LSN is.
 *
 * Reads every record since `from` and holds it against its checksum, as recovery does: 100 MB a second.
 *
 * @param data the data folder of a PostgreSQL 18 server
 * @param from where a record of its history ends. Default: where the last checkpoint has recovery begin
 * @throws when there is no control file, or no WAL at `from`
 */
export async function endOfWal(data: string, from?: number): Promise<number> {
  const wal = new Wal(join(data, 'pg_wal'));
  let end = from !== undefined && wal.reaches(from) ? from : undefined;
  let previous: number | undefined;
  let segment = -1;
  for (let position = from ?? (await redoPosition(data)); ;) {
    // 16 MB at a time: a signal has to get through in between.
    if (segmentOf(position) !== segment) await setImmediate();
    segment = segmentOf(position);
    const record = wal.record(position, previous);
    if (record === undefined) break;
    if ('restartAt' in record) {
      position = record.restartAt;
      continue;
    }
    previous = record.start;
    end = position = record.end;
  }
  if (end === undefined) throw new Error(`The WAL to begin with is not in ${join(data, 'pg_wal')}.`);
  return end;
}

/** Of the last checkpoint, in ControlFileData. */
async function redoPosition(data: string): Promise<number> {
  const control = await readFile(join(data, 'global/pg_control'));
  return Number(control.readBigUInt64LE(40));
}

type WalRecord = { start: number; end: number } | { restartAt: number };

/** A page of WAL: at `at` in the contents of its segment. */
interface Page {
  address: number;
  bytes: Buffer;
  at: number;
}

/** The files in `pg_wal` as one stream. Positions are numbers: they are exact up to 8 PB of WAL. */
class Wal {
  readonly #folder: string;
  /** Segment number to file name; of several timelines the latest, which begins with a copy of the earlier one. */
  readonly #files = new Map<number, string>();
  #read: { segment: number; bytes: Buffer } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    const segmentsOfId = 2 ** 32 / segmentBytes;
    for (const name of readdirSync(folder)
      .filter((name) => /^[0-9A-F]{24}$/.test(name))
      .sort()) {
      const [id, segment] = [name.slice(8, 16), name.slice(16)].map((digits) => Number.parseInt(digits, 16));
      this.#files.set((id ?? 0) * segmentsOfId + (segment ?? 0), name);
    }
  }

  /** The complete record that begins at `position`, or on the next page when that is full; undefined if there is none. */
  record(position: number, previous: number | undefined): WalRecord | undefined {
    let page = this.#pageAt(position);
    if (!page) return undefined;
    let offset = position - page.address;
    if (offset === 0) offset = headerBytes(page);
    const start = page.address + offset;
    const length = page.bytes.readUInt32LE(page.at + offset);
    if (length < recordHeaderBytes) return undefined;
    // Most records are on one page, and are read where they are.
    let [record, at] = [page.bytes, page.at + offset];
    if (offset + length <= pageBytes) {
      offset += length;
    } else {
      const parts = [page.bytes.subarray(at, page.at + pageBytes)];
      for (let missing = length - (pageBytes - offset); missing > 0; missing -= offset - headerBytes(page)) {
        page = this.#pageAt(page.address + pageBytes);
        if (!page) return undefined;
        if (page.bytes.readUInt16LE(page.at + 2) & overwritesContinuation) return { restartAt: page.address };
        // What is left of the record, as the page says.
        if (page.bytes.readUInt32LE(page.at + 16) !== missing) return undefined;
        offset = Math.min(pageBytes, headerBytes(page) + missing);
        parts.push(page.bytes.subarray(page.at + headerBytes(page), page.at + offset));
      }
      [record, at] = [Buffer.concat(parts), 0];
    }
    if (
      previous !== undefined &&
      record.readUInt32LE(at + 8) + record.readUInt32LE(at + 12) * 2 ** 32 !== previous
    ) {
      return undefined;
    }
    const body: [number, number] = [at + recordHeaderBytes, at + length];
    if (crc32c(record, body, [at, at + 20]) !== record.readUInt32LE(at + 20)) return undefined;
    const end = page.address + Math.ceil(offset / 8) * 8;
    return { start, end: isSwitch(record, at) ? Math.ceil(end / segmentBytes) * segmentBytes : end };
  }

  /** Whether there is WAL up to `position`. After a switch the rest of a segment is blank: then its beginning decides. */
  reaches(position: number): boolean {
    const before = position % segmentBytes === 0 ? position - segmentBytes : position - 1;
    return before >= 0 && this.#pageAt(before) !== undefined;
  }

  /** The page that holds `position`; undefined when it was never written: its file is missing, or holds older WAL. */
  #pageAt(position: number): Page | undefined {
    const address = position - (position % pageBytes);
    const at = address % segmentBytes;
    const bytes = this.#segment(segmentOf(address));
    const isWritten =
      bytes.length >= at + pageBytes &&
      bytes.readUInt16LE(at) === pageMagic &&
      bytes.readUInt32LE(at + 8) + bytes.readUInt32LE(at + 12) * 2 ** 32 === address;
    return isWritten ? { address, bytes, at } : undefined;
  }

  /** The contents of a segment; none when it is missing. */
  #segment(segment: number): Buffer {
    if (this.#read?.segment === segment) return this.#read.bytes;
    const name = this.#files.get(segment);
    const bytes = name === undefined ? Buffer.alloc(0) : readFileSync(join(this.#folder, name));
    this.#read = { segment, bytes };
    return bytes;
  }
}

function segmentOf(position: number): number {
  return Math.floor(position / segmentBytes);
}

function headerBytes({ bytes, at }: Page): number {
  return bytes.readUInt16LE(at + 2) & longHeader ? 40 : 24;
}

/** Whether the rest of the segment is left empty after this record: XLOG_SWITCH. */
function isSwitch(record: Buffer, at: number): boolean {
  return record.readUInt8(at + 17) === 0 && (record.readUInt8(at + 16) & 0xf0) === 0x40;
}
