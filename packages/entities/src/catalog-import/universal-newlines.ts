import { Transform } from 'node:stream';

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * A stream of bytes that drops a UTF-8 byte order mark and converts every line end (CRLF, CR, LF) to LF.
 *
 * Inside quoted fields, too: the same catalog saved on Windows and on Linux reads the same, and line numbers are
 * right (csv-parse counts a CRLF in a quoted field as two lines).
 */
export function universalNewlines(): Transform {
  let start: Buffer | undefined = Buffer.alloc(0);
  let endedWithReturn = false;

  function normalize(chunk: Buffer): Buffer {
    const output = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      if (byte !== lineFeed || !endedWithReturn) output[length++] = byte === carriageReturn ? lineFeed : byte;
      endedWithReturn = byte === carriageReturn;
    }
    return output.subarray(0, length);
  }

  function withoutMark(bytes: Buffer): Buffer {
    return bytes.subarray(0, 3).equals(byteOrderMark) ? bytes.subarray(3) : bytes;
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (start === undefined) {
        done(null, normalize(chunk));
        return;
      }
      // The mark may come in pieces.
      start = Buffer.concat([start, chunk]);
      if (start.length < byteOrderMark.length) {
        done();
        return;
      }
      const bytes = withoutMark(start);
      start = undefined;
      done(null, normalize(bytes));
    },
    flush(done) {
      done(null, start === undefined ? undefined : normalize(withoutMark(start)));
    },
  });
}
