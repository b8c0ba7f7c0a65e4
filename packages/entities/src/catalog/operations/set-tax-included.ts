import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { currencyCode } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, text } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const setting = z.strictObject({ currency: currencyCode, taxIncluded: z.boolean(), reason });

/** What {@link setTaxIncluded} takes. */
export type TaxIncludedSetting = z.input<typeof setting>;

const updateCurrency = statement({
  params: { currency: text, taxIncluded: bool },
  row: { code: text },
  sql: `update currency set tax_included = :taxIncluded where code = :currency returning code`,
});

/**
 * Says whether prices in a currency include their taxes: those of `base`, and those of each list that was created
 * without a word on it. Amounts stay as they are: a price of 1999 without tax becomes one of 1999 with it. Do it before
 * the shop has prices in the currency. Open carts follow at once; a checkout that was quoted before is refused as
 * `total-changed`, unless its total is the same. Orders keep what they were charged. The audit log has it, with the
 * `reason`.
 *
 * @throws UserError `invalid-input`, `currency-not-found`
 */
export async function setTaxIncluded(em: EntityManager, input: TaxIncludedSetting): Promise<void> {
  const { currency, taxIncluded, reason } = parseInput(setting, input);
  await em.transactional(async (em) => {
    const [updated] = await updateCurrency(em, { currency, taxIncluded });
    if (updated === undefined) {
      throw new UserError('currency-not-found', `There is no currency '${currency}'.`);
    }
    await recordAudit(em, {
      action: 'currency.tax_included',
      entity: 'currency',
      entityId: currency,
      detail: { taxIncluded },
      reason,
    });
  });
}
