import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

// OWASP Password Storage Cheat Sheet: scrypt with N = 2^15, r = 8, p = 3, 32 MiB.
const cost = { ln: 15, r: 8, p: 3 };
const keyLength = 32;

/** Hashes a password with scrypt, as a PHC string: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(key)}`;
}

/**
 * Whether `phc` is a PHC string of {@link hashPassword} for this password; takes as long either way. For anything
 * else, also undefined, it takes as long as for a hash with the present parameters, and is false.
 */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const stored = parse(phc);
  const key = await derive(password, stored?.salt ?? randomBytes(16), stored?.cost ?? cost);
  const expected = stored?.hash ?? randomBytes(keyLength);
  return key.length === expected.length && timingSafeEqual(key, expected) && stored !== undefined;
}

/** Whether a hash takes less memory (N r) or less time (N r p) than a new one. */
export function isWeakHash(phc: string): boolean {
  const stored = parse(phc)?.cost;
  if (stored === undefined) return true;
  return memory(stored) < memory(cost) || memory(stored) * stored.p < memory(cost) * cost.p;
}

function memory({ ln, r }: typeof cost): number {
  return 2 ** ln * r;
}

function parse(phc: string | undefined) {
  const [, ln, r, p, salt, hash] =
    /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(phc ?? '') ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function derive(password: string, salt: Buffer, { ln, r, p }: typeof cost): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: 2 * 128 * r * 2 ** ln };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyLength, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** Base64 without padding, as PHC strings have it. */
function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
