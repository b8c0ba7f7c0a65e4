import { UserError } from '@ecommerce-dms/errors';

/** Too many wrong passwords in a row: the password is locked until `lockedUntil`. Code `account-locked`. */
export class AccountLocked extends UserError {
  override readonly name = 'AccountLocked';
  readonly lockedUntil: Date;

  constructor(lockedUntil: Date) {
    super(
      'account-locked',
      `After too many wrong passwords the account is locked until ${lockedUntil.toISOString()}.`,
      { hint: 'Wait, or ask for a new password.' },
    );
    this.lockedUntil = lockedUntil;
  }
}
