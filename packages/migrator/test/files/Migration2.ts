import { Migration } from '@mikro-orm/migrations';
import { raw } from '@mikro-orm/postgresql';

export class Migration2 extends Migration {
  override up(): void {
    this.addSql(raw('insert into item values (?)', [7]));
  }
}
