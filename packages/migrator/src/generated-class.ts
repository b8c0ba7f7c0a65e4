import { UserError } from '@ecommerce-dms/errors';

/**
 * Adds members to the class that a generator of MikroORM has written.
 *
 * @param members lines of code, without their indentation
 * @param isStepwise it runs statement by statement, outside of a transaction
 * @throws UserError `invalid-settings`: it is no class that extends Migration.
 */
export function withMembers(code: string, members: readonly string[], isStepwise: boolean): string {
  const override = /\boverride up\(/.test(code) ? 'override ' : '';
  const stepwise = isStepwise ? [`${override}isTransactional() {`, '  return false;', '}'] : [];
  const all = [...members, ...(members.length > 0 && isStepwise ? [''] : []), ...stepwise];
  if (all.length === 0) return code;
  const lines = all.map((line) => (line === '' ? '\n' : `  ${line}\n`)).join('');
  const result = code.replace(/\bextends\s+[\w.]+\s*\{\n/, (opening) => `${opening}\n${lines}`);
  if (result !== code) return result;
  throw new UserError(
    'invalid-settings',
    'The generator of `migrations.generator` writes no class that extends Migration.',
  );
}
