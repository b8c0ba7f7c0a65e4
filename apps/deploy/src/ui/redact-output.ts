import { redactSecrets } from '@ecommerce-dms/errors';
import { knownSecrets } from '../secrets.ts';

let writeAsIs = (text: string): boolean => process.stdout.write(text);

/**
 * Redacts everything that is written to stdout and stderr from now on: results, progress, failures, stacks of defects,
 * and what a library prints. Here, since a place that prints can be forgotten.
 */
export function redactOutput(): void {
  const { stdout, stderr } = process;
  const writeToStdout = stdout.write.bind(stdout);
  writeAsIs = (text) => writeToStdout(text);
  for (const stream of [stdout, stderr]) {
    const write = stream.write.bind(stream);
    const redacted = (chunk: string | Uint8Array, ...rest: [undefined?, undefined?]): boolean =>
      write(redactSecrets(Buffer.from(chunk as string).toString(), knownSecrets()), ...rest);
    stream.write = redacted as typeof stream.write;
  }
}

/** Writes to stdout what the user has asked for with its passwords. */
export function writeWithPasswords(text: string): void {
  writeAsIs(text);
}

/** Whether stdout is read by a person at a terminal, and not kept by a pipeline or a file. */
export function isShownToUser(): boolean {
  return process.stdout.isTTY && process.env.CI === undefined;
}
