/** What runs the command of this package, wherever it is installed. */
export const commandName = 'npx @ecommerce-dms/migrator';

/**
 * A command of this package as messages print it, in backticks, with each word quoted for a shell:
 * `` `npx @ecommerce-dms/migrator repair --forget 'my name'` ``.
 */
export function migratorCommand(...words: readonly string[]): string {
  return `\`${[commandName, ...words.map(shellWord)].join(' ')}\``;
}

/** A word quoted for a shell, where it needs that. */
export function shellWord(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
