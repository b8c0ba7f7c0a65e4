import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { hasSqlDetails } from 'libpg-query';
import { type ParsedStatement, parseStatements } from '../parse-statements.ts';
import { type HeaderName, readHeader, type SqlHeader } from './sql-header.ts';

/** An SQL file that was read and understood. */
export interface SqlFile {
  path: string;
  header: SqlHeader;
  statements: ParsedStatement[];
}

/**
 * Reads an SQL file.
 *
 * @param headers those that it may have
 * @throws UserError `invalid-migration`: names everything that is wrong with it.
 */
export async function readSqlFile(path: string, headers?: readonly HeaderName[]): Promise<SqlFile> {
  const sql = textOf(path, await readFile(path));
  const parsed = await parseStatements(sql).catch((error: unknown) => {
    if (!hasSqlDetails(error)) throw error;
    throw invalid(path, [syntaxFault(sql, error.message, error.sqlDetails?.cursorPosition ?? 0)]);
  });
  const { header, faults } = await readHeader(sql, headers);
  if (faults.length > 0) throw invalid(path, faults);
  return { path, header, statements: parsed };
}

/** The bytes of a file as text that is the same on all machines. */
function textOf(path: string, bytes: Buffer): string {
  const marks = [
    [0xef, 0xbb, 0xbf],
    [0xfe, 0xff],
    [0xff, 0xfe],
  ];
  const faults: string[] = [];
  if (marks.some((mark) => mark.every((byte, index) => bytes[index] === byte))) {
    faults.push('begins with a byte order mark. Save it as UTF-8 without one');
  }
  if (bytes.includes('\r')) {
    faults.push(
      'has the line ends of Windows, which would become part of function bodies. Save it with LF; in Git, "*.sql text eol=lf" in .gitattributes keeps that',
    );
  }
  if (bytes.includes(0)) faults.push('has a zero byte, which PostgreSQL has no place for. Save it as UTF-8');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (faults.length === 0) return text;
  } catch {
    faults.push('is not UTF-8. Save it as UTF-8');
  }
  throw invalid(path, faults);
}

/** @param index of the error in the text, counted in UTF-16 */
function syntaxFault(sql: string, message: string, index: number): string {
  const before = sql.slice(0, index);
  const line = before.split('\n').length;
  const column = index - before.lastIndexOf('\n');
  const reason = clientSyntax(before, sql.slice(index));
  return `line ${line}, character ${column}: ${message}${reason === undefined ? '' : `. ${reason}`}`;
}

/** Why text that the server would never see in this form is no SQL. */
function clientSyntax(before: string, rest: string): string | undefined {
  if (/\bfrom\s+stdin\b[^;]*;/i.test(before)) {
    return 'The rows after COPY FROM STDIN are sent by psql, not by the server: write INSERT statements';
  }
  if (rest.startsWith('\\')) {
    return 'A command with a backslash is for psql: only SQL can be run here, so put in what the command stands for';
  }
  if (rest.startsWith(':') || rest.startsWith('${')) {
    return 'Variables of psql and placeholders of other tools are not replaced: write the value, or a migration class';
  }
  return undefined;
}

function invalid(path: string, faults: readonly string[]): UserError {
  return new UserError('invalid-migration', faults.map((fault) => `${basename(path)}: ${fault}.`).join('\n'));
}
