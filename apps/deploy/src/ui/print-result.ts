import { toJson } from '../to-json.ts';
import { writeWithPasswords } from './redact-output.ts';

/**
 * Writes a command's result to stdout: its text for people, or the document where the flag `--json` asks for it.
 * @param withPasswords shows those in it; unless set they are `***`, as in everything that is printed
 */
export function printResult(
  result: { json: unknown; text: string },
  options: { json?: boolean },
  { withPasswords = false } = {},
): void {
  const text = options.json === true ? toJson(result.json) : result.text;
  const write = withPasswords ? writeWithPasswords : (line: string) => process.stdout.write(line);
  write(`${text}\n`);
}
