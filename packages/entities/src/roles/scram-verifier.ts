import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { UserError } from '@ecommerce-dms/errors';

// PostgreSQL's own default (scram_iterations).
const iterations = 4096;

/**
 * What PostgreSQL stores in place of a password (RFC 5803), computed here so that the password never leaves the
 * process: `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>`.
 *
 * @throws UserError `invalid-password`: it is empty or has characters other than printable ASCII, which clients
 *   encode differently
 */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  if (!/^[ -~]+$/.test(password)) {
    throw new UserError(
      'invalid-password',
      'A password is empty or has characters other than printable ASCII.',
      { hint: 'Generate one, for instance with: openssl rand -base64 24' },
    );
  }
  const salted = await promisify(pbkdf2)(password, salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
