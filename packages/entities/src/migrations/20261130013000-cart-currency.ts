import { SqlMigration } from './sql-migration.ts';

/** The application changes the currency of an open cart. */
export class CartCurrency extends SqlMigration {
  protected override readonly upStatements = [`grant update (currency_code) on cart to shop_app`];

  protected override readonly downStatements = [`revoke update (currency_code) on cart from shop_app`];
}
