import { InvalidArgumentError } from 'commander';

/** A whole number, 0 to 999999999. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 to 999999999.');
  return Number(text);
}

/** A port that needs no privilege. */
export function port(text: string): number {
  const value = wholeNumber(text);
  if (value < 1024 || value > 65_535) throw new InvalidArgumentError('It must be a port, 1024 to 65535.');
  return value;
}

/** For a flag that can be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
