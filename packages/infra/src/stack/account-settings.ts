import { z } from 'zod';
import { checkedText } from '../settings-faults.ts';

/** Where a stack is applied. */
export const accountSettings = z.strictObject({
  /** 12 digits. When set, Terraform refuses to touch any other account. Default: looked up by Terraform. */
  accountId: checkedText(
    (id) => !/^\d{12}$/.test(id) && 'is not an account id. An account has 12 digits',
  ).optional(),
});
