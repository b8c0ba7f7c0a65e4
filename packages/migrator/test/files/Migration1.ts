import { Migration } from '@mikro-orm/migrations';

export class Migration1 extends Migration {
  override up(): void {
    this.addSql('create table item (id serial primary key)');
  }
}
