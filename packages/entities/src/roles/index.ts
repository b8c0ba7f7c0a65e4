export { provisionRoles, type ProvisionedRoles, type RoleSettings } from './provision-roles.ts';
export { loginRoles, ownerRole, type LoginRole } from './role-names.ts';
export { scramVerifier } from './scram-verifier.ts';
