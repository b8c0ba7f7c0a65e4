import { toJson } from '../to-json.ts';
import { writeWithPasswords } from './redact-output.ts';

/**
 * Writes a command's result to stdout: the document as JSON, or its text for people.
 * @param withPasswords shows those in it; unless set they are `***`, as in everything that is printed
 */
export function printResult(
  result: { json: unknown; text: string },
  asJson: boolean,
  { withPasswords = false } = {},
): void {
  const text = asJson ? toJson(result.json) : result.text;
  const write = withPasswords ? writeWithPasswords : (line: string) => process.stdout.write(line);
  write(`${text}\n`);
}
