import { Migration } from '@mikro-orm/migrations';

export class M1 extends Migration {
  override async up(): Promise<void> {
    this.addSql('create table item (id serial primary key)');
  }

  override async down(): Promise<void> {
    this.addSql('drop table item');
  }
}
