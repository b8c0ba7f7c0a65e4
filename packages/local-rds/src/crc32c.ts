/** CRC-32C (Castagnoli), as PostgreSQL's WAL has it. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** The checksum of the given ranges of `bytes`, one after the other. */
export function crc32c(bytes: Uint8Array, ...ranges: [from: number, to: number][]): number {
  let crc = 0xffffffff;
  for (const [from, to] of ranges) {
    for (let at = from; at < to; at++) crc = (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
