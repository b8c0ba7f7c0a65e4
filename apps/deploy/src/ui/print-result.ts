/** Writes a command's result to stdout: the document as JSON, or its text for people. */
export function printResult(result: { json: unknown; text: string }, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(result.json, bigintAsString, 2)}\n` : `${result.text}\n`);
}

function bigintAsString(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
