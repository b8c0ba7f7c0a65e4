/** An IPv4 block. `base` is the network address as an unsigned number. */
export interface CidrBlock {
  readonly base: number;
  readonly prefix: number;
}

/** Reads `10.0.0.0/16`. Undefined when it is not a block, or when its address has bits outside of the prefix. */
export function parseCidr(text: string): CidrBlock | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const base = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  return base % 2 ** (32 - prefix) === 0 ? { base, prefix } : undefined;
}

export function formatCidr({ base, prefix }: CidrBlock): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join('.')}/${prefix}`;
}

/** The `index`-th of the 16 equal parts of a block. */
export function sixteenth(block: CidrBlock, index: number): CidrBlock {
  const prefix = block.prefix + 4;
  return { base: block.base + index * 2 ** (32 - prefix), prefix };
}
