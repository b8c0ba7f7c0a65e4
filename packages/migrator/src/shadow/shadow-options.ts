/** Where a shadow database is made, and what it begins with. */
export interface ShadowOptions {
  /**
   * A database of the server on which to create it: the role of the URL must be allowed to create databases. Default:
   * the project's own database and role. The database that the URL names is not changed.
   */
  shadowUrl?: string;
  /**
   * SQL that is run in it before the migrations, for a project whose first migration needs what none of them creates,
   * such as tables from before a baseline. Default: none.
   */
  shadowSql?: string;
}
