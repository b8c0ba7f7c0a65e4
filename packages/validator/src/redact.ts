const PERSONAL =
  /mail|phone|name|street|address|city|postal|zip|birth|token|secret|password|hash|\bip\b|_ip/i;

/** Whether a column's name says that it may hold personal data or a secret. */
export function isPersonal(column: string): boolean {
  return PERSONAL.test(column);
}

/** PostgreSQL quotes the offending value at the end of a data exception's message: leave it out. */
export function withoutValue(message: string): string {
  return message.replace(/: ".*"$/s, ': "***"');
}
