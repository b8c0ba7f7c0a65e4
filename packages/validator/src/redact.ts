const personalAnywhere = /mail|phone|name|street|address|birth|token|secret|password|passwd|hash|iban/;
const personalWords = new Set(['city', 'dob', 'ip', 'line1', 'line2', 'postal', 'postcode', 'ssn', 'zip']);

/** Whether a column's name says that it may hold personal data or a secret; `address_id` does not. */
export function isPersonal(column: string): boolean {
  const words = column
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return (
    words.at(-1) !== 'id' && words.some((word) => personalAnywhere.test(word) || personalWords.has(word))
  );
}

/** A data exception's message without what it quotes, which is a value out of a row. */
export function withoutValues(message: string): string {
  return message.replace(/"(?:[^"]|"")*"/gs, '"***"');
}
