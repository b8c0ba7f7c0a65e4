import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { migratorCommand } from '../migrator-command.ts';
import { withoutEnding } from './migration-name.ts';
import { formatProof, isAccepted, isProofLine, parseProof, type ProofLine } from './proof-line.ts';
import type { Fault } from '../refuse-faults.ts';

export const sumFileName = 'migrations.sum';

/** Git takes the lines of both sides: two branches that add migrations merge. */
const mergeAttribute = `${sumFileName} merge=union`;

/** SHA-256, in hex, by the path of the file in the folder. */
type Sums = ReadonlyMap<string, string>;

/** How a folder of migrations differs from its sum file. */
export interface SumDifference {
  /** The path in the folder, with slashes; for `unreadable`, the line of the sum file. */
  file: string;
  /**
   * - `edited`: the file is not what it was when its sum was written
   * - `removed`: in the sum file only
   * - `unlisted`: in the folder only
   * - `ambiguous`: the sum file has different sums for it, as after a merge of two edits
   * - `unreadable`: no line of a sum file, such as the mark of a conflict, or a proof with a wrong seal
   * - `stale-proof`: no file any more, but what a proof of a migration was made of
   */
  difference: 'edited' | 'removed' | 'unlisted' | 'ambiguous' | 'unreadable' | 'stale-proof';
}

const problems: Record<SumDifference['difference'], string> = {
  edited: `was edited since its sum was written into ${sumFileName}.`,
  removed: `is in ${sumFileName} and not in the folder.`,
  unlisted: `is in the folder and not in ${sumFileName}.`,
  ambiguous: `has different sums in ${sumFileName}: a merge has joined two edits.`,
  unreadable: `is no line of ${sumFileName}.`,
  'stale-proof': `has changed since it was proven, and its proof is still in ${sumFileName}.`,
};

/** What is wrong with each file, and what to do. */
export function sumFaults(differences: readonly SumDifference[]): Fault[] {
  return differences.map(({ file, difference }) => ({
    name: file,
    problem: `${problems[difference]} Restore what it was; if this is meant, write the sums again: ${migratorCommand('sum')}.`,
  }));
}

/** Compares a folder with its sum file; undefined when it has none. Lines may be in any order. */
export async function compareSums(folder: string): Promise<SumDifference[] | undefined> {
  const lines = await readLines(folder);
  if (lines === undefined) return undefined;
  const actual = await sumsOf(folder);
  const listed = new Map<string, string>();
  const differences: SumDifference[] = [];
  for (const line of lines) {
    if (isProofLine(line)) {
      const proof = parseProof(line);
      if (proof === undefined) differences.push({ file: line, difference: 'unreadable' });
      else if (!isOf(proof, actual)) differences.push({ file: proof.name, difference: 'stale-proof' });
      continue;
    }
    const [, sum, file] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sum === undefined || file === undefined) {
      differences.push({ file: line, difference: 'unreadable' });
    } else if (listed.has(file) && listed.get(file) !== sum) {
      differences.push({ file, difference: 'ambiguous' });
    } else {
      listed.set(file, sum);
    }
  }
  const ambiguous = new Set(differences.map(({ file }) => file));
  for (const [file, sum] of listed) {
    if (ambiguous.has(file) || actual.get(file) === sum) continue;
    differences.push({ file, difference: actual.has(file) ? 'edited' : 'removed' });
  }
  for (const file of actual.keys()) if (!listed.has(file)) differences.push({ file, difference: 'unlisted' });
  return differences;
}

/**
 * Writes the sums of all files of a folder, and, beside the first sum file, what lets Git merge it.
 *
 * @returns the path of the sum file
 */
export async function writeSums(folder: string): Promise<string> {
  const isFirst = (await readLines(folder)) === undefined;
  const path = await write(folder, await sumsOf(folder), await readProofs(folder));
  if (isFirst) await addMergeAttribute(join(folder, '.gitattributes'));
  return path;
}

/**
 * Calls `change`, which changes files of the folder, and brings the lines of those files up to date. The other lines
 * stay as they are: a file that somebody edited is still found. Does no more than that call without a sum file.
 */
export async function keepingSums<Result>(
  folder: string | undefined,
  change: () => Promise<Result>,
): Promise<Result> {
  if (folder === undefined || (await readLines(folder)) === undefined) return change();
  const differences = (await compareSums(folder)) ?? [];
  const unclear = differences.filter(({ difference }) => /unreadable|ambiguous/.test(difference));
  if (unclear.length > 0) {
    const lines = sumFaults(unclear).map(({ name, problem }) => `- ${name}: ${problem}`);
    throw new UserError(
      'sum-unreadable',
      `${sumFileName} can't be brought up to date:\n${lines.join('\n')}`,
      {
        hint: `Correct the file, or write it anew: ${migratorCommand('sum')}.`,
      },
    );
  }
  const before = await sumsOf(folder);
  const result = await change();
  const after = await sumsOf(folder);
  const lines = ((await readLines(folder)) ?? []).filter((line) => !isProofLine(line));
  const sums = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const file of before.keys()) if (!after.has(file)) sums.delete(file);
  for (const [file, sum] of after) if (before.get(file) !== sum) sums.set(file, sum);
  await write(folder, sums, await readProofs(folder));
  return result;
}

/**
 * Adds proofs to the sum file, in place of older ones of the same migrations.
 *
 * @returns the names of those that were written: none without a sum file; a class of `migrationsList` has no file to
 *   prove
 */
export async function addProofs(
  folder: string | undefined,
  proofs: readonly Omit<ProofLine, 'filesSum'>[],
): Promise<string[]> {
  const lines = folder === undefined ? undefined : await readLines(folder);
  if (folder === undefined || lines === undefined) return [];
  const actual = await sumsOf(folder);
  const added = proofs.flatMap((proof) => {
    const filesSum = filesSumOf(proof.name, actual);
    return filesSum === undefined ? [] : [{ ...proof, filesSum }];
  });
  const names = new Set(added.map(({ name }) => name));
  const kept = lines.filter((line) => !isProofLine(line) || !names.has(parseProof(line)?.name ?? ''));
  await writeFile(join(folder, sumFileName), inFileOrder([...kept, ...added.map(formatProof)]));
  return [...names];
}

/** What forbids to run migrations that have to be proven: those of `names` that are not. */
export async function proofFaults(folder: string | undefined, names: readonly string[]): Promise<Fault[]> {
  const lines = folder === undefined ? undefined : await readLines(folder);
  if (folder === undefined || lines === undefined) {
    return [
      {
        name: sumFileName,
        problem: `does not exist, and it would have the proofs. Write it: ${migratorCommand('sum')}.`,
      },
    ];
  }
  const actual = await sumsOf(folder);
  const proofs = lines.flatMap((line) => (isAccepted(line) ? (parseProof(line) ?? []) : []));
  return names.flatMap((name) => {
    const own = proofs.filter((proof) => proof.name === name);
    if (own.some((proof) => isOf(proof, actual))) return [];
    const problem = own.length > 0 ? 'has changed since it was proven.' : 'is not proven.';
    return [{ name, problem: `${problem} Prove it: ${migratorCommand('prove', name)}.` }];
  });
}

/** The proofs that are of the files as they are. */
async function readProofs(folder: string): Promise<string[]> {
  const lines = (await readLines(folder)) ?? [];
  const actual = await sumsOf(folder);
  return lines.filter((line) => {
    const proof = isProofLine(line) ? parseProof(line) : undefined;
    return proof !== undefined && isOf(proof, actual);
  });
}

function isOf({ name, filesSum }: ProofLine, actual: Sums): boolean {
  return filesSum === filesSumOf(name, actual);
}

/** Over the sums of all files of a migration; undefined when it has none. */
function filesSumOf(name: string, sums: Sums): string | undefined {
  const own = [...sums].filter(([file]) => file === name || withoutEnding(file) === name);
  if (own.length === 0) return undefined;
  return createHash('sha256')
    .update(own.map(([file, sum]) => `${sum}  ${file}\n`).join(''))
    .digest('hex');
}

/** In the format of `sha256sum`, whose `--check` reads it too. */
async function write(folder: string, sums: Sums, proofs: readonly string[]): Promise<string> {
  const path = join(folder, sumFileName);
  await writeFile(path, inFileOrder([...[...sums].map(([file, sum]) => `${sum}  ${file}`), ...proofs]));
  return path;
}

/** The sums by their files, then the proofs by their names. */
function inFileOrder(lines: readonly string[]): string {
  const keyOf = (line: string): string => (isProofLine(line) ? `1${line}` : `0${line.slice(66)}`);
  return lines
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map((line) => `${line}\n`)
    .join('');
}

/** The lines of the sum file; undefined when there is none. */
async function readLines(folder: string): Promise<string[] | undefined> {
  const text = await readIfExists(join(folder, sumFileName));
  return text?.split(/\r?\n/).filter((line) => line !== '');
}

/** Every file that a migration is, or can be made of: remarks, declarations and hidden files are none. */
async function sumsOf(folder: string): Promise<Sums> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name).slice(folder.length).replaceAll('\\', '/').replace(/^\//, ''),
    )
    .filter((file) => !/(?:^|\/)[.]|^migrations\.sum$|\.(?:md|map|d\.[cm]?ts)$/.test(file))
    .sort();
  const sums = new Map<string, string>();
  for (const file of files) sums.set(file, sumOf(await readFile(join(folder, file))));
  return sums;
}

/** The line ends of Windows count as those that Git keeps, so that a checkout there has the same sums. */
function sumOf(content: Buffer): string {
  const text = Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return createHash('sha256').update(text).digest('hex');
}

async function addMergeAttribute(path: string): Promise<void> {
  const text = (await readIfExists(path)) ?? '';
  if (text.split(/\r?\n/).includes(mergeAttribute)) return;
  await writeFile(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${mergeAttribute}\n`);
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
