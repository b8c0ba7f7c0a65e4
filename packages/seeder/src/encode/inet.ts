import { isIPv4, isIPv6 } from 'node:net';
import type { RowBuffer } from './row-buffer.ts';

const familyIpv4 = 2;
const familyIpv6 = 3;

/** Writes `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1/64` as PostgreSQL's `inet` or `cidr`. */
export function writeInet(out: RowBuffer, text: string, isCidr: boolean): void {
  const [address = '', suffix] = text.split('/');
  const bytes = isIPv4(address)
    ? address.split('.').map(Number)
    : isIPv6(address)
      ? ipv6Bytes(address)
      : undefined;
  if (bytes === undefined) throw new TypeError('is not an IP address');
  const maxBits = bytes.length * 8;
  const bits = suffix === undefined ? maxBits : /^\d{1,3}$/.test(suffix) ? Number(suffix) : Infinity;
  if (bits > maxBits) throw new TypeError(`has a prefix length that is not 0 to ${maxBits}`);

  out.int32(4 + bytes.length);
  out.int8(bytes.length === 4 ? familyIpv4 : familyIpv6);
  out.int8(bits);
  out.int8(isCidr ? 1 : 0);
  out.int8(bytes.length);
  for (const byte of bytes) out.int8(byte);
}

function ipv6Bytes(address: string): number[] {
  // An IPv4 address at the end stands for the last two groups.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = text.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]);
}
