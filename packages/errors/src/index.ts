export { connectionError } from './connection-error.ts';
export { checkDatabaseUrl } from './database-url.ts';
export { redactSecrets } from './redact-secrets.ts';
export { redactUrl } from './redact-url.ts';
export { isUserError, UserError } from './user-error.ts';
