export { connectionError } from './connection-error.ts';
export { checkDatabaseUrl } from './database-url.ts';
export { type ErrorCode, errorCodes, type ErrorDescription } from './error-codes.ts';
export { redactSecrets } from './redact-secrets.ts';
export { redactUrl } from './redact-url.ts';
export { isUserError, UserError, withHint } from './user-error.ts';
