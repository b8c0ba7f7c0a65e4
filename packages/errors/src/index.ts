export { redactUrl } from './redact-url.ts';
export { isUserError, UserError } from './user-error.ts';
