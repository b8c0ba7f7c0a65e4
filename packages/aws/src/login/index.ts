export { type IamTokenOptions, iamToken } from './iam-token.ts';
export { type DatabaseLogin, readLogin } from './read-login.ts';
