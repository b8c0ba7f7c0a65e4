import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** That a migration was proven, as a line of `migrations.sum` says it. */
export interface ProofLine {
  name: string;
  /** SHA-256 over the sums of its files, in hex: the proof is of these files alone. */
  filesSum: string;
  /** `48/48`: of those that are possible, how many kills were tried. */
  kills: string;
  /** How many rows each table had. */
  rows: number;
  /** The version of the server. */
  postgres: string;
  /** The version of this package. */
  tool: string;
}

/** `sha256sum --check` takes it for a remark. */
const prefix = '# proven ';

/** The key of the seal, where the team has one: without it, the seal finds accidents, and no intent. */
function key(): string | undefined {
  return process.env['DMS_PROOF_KEY'] || undefined;
}

/** Whether a line of a sum file is meant as one of these. */
export function isProofLine(line: string): boolean {
  return line.startsWith('#');
}

/** The line; sealed with `DMS_PROOF_KEY` if that is set. */
export function formatProof({ name, filesSum, kills, rows, postgres, tool }: ProofLine): string {
  const text = `${prefix}${encodeURIComponent(name)} files=${filesSum} kills=${kills} rows=${rows} pg=${postgres} tool=${tool}`;
  return `${text} ${sealOf(text, key())}`;
}

/**
 * Reads a line; undefined when it is none, or its seal is wrong. A seal that was made with a key is taken as it is where
 * there is no key.
 */
export function parseProof(line: string): ProofLine | undefined {
  const match =
    /^(# proven (\S+) files=([0-9a-f]{64}) kills=(\d+\/\d+) rows=(\d+) pg=(\S+) tool=(\S+)) (\S+)$/.exec(
      line,
    );
  if (match === null) return undefined;
  const [, text = '', name = '', filesSum = '', kills = '', rows = '', postgres = '', tool = '', seal = ''] =
    match;
  const secret = isKeyed(seal) ? key() : undefined;
  const cannotBeChecked = isKeyed(seal) && secret === undefined;
  if (!cannotBeChecked && !isSame(seal, sealOf(text, secret))) return undefined;
  return { name: decodeURIComponent(name), filesSum, kills, rows: Number(rows), postgres, tool };
}

/** Whether a proof is enough where proofs are required: with a key, it must have been sealed with it. */
export function isAccepted(line: string): boolean {
  return (
    parseProof(line) !== undefined && (key() === undefined || isKeyed(line.slice(line.lastIndexOf(' ') + 1)))
  );
}

function isKeyed(seal: string): boolean {
  return seal.startsWith('hmac-sha256:');
}

function sealOf(text: string, secret: string | undefined): string {
  return secret === undefined
    ? `sha256:${createHash('sha256').update(text).digest('hex')}`
    : `hmac-sha256:${createHmac('sha256', secret).update(text).digest('hex')}`;
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
