/** A migration's name without the ending of its file, which is no part of it: `20261130_item.sql` is `20261130_item`. */
export function withoutEnding(name: string): string {
  return name.replace(/(?:\.down\.sql|\.sql|\.[cm]?[jt]s)$/i, '');
}

/** What two names have in common if they are one: a file system may not tell `M1` from `m1`. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}
