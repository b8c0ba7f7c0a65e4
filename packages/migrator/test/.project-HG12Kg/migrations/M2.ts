import { Migration } from '@mikro-orm/migrations';

export class M2 extends Migration {
  override async up(): Promise<void> {
    console.log('noise'); this.addSql('alter table item add name text not null');
  }

  override async down(): Promise<void> {
    this.addSql('alter table item drop name');
  }
}
