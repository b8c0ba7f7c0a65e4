/** What an error code stands for. */
export interface ErrorDescription {
  /** The exit code that a command ends with: 1 failed, 2 usage or settings, 3 findings. */
  readonly exitCode: 1 | 2 | 3;
  /** What happened. The message of an error says it with names and values. */
  readonly cause: string;
  /** What to do. The hint of an error says it with the command to run, where there is one. */
  readonly remedy: string;
}

/**
 * Every code of a `UserError`: stable names for programs. `docs/reference/errors.md` is written from this list, and says
 * how a code gets its name.
 */
export const errorCodes = {
  // Several packages
  'invalid-settings': {
    exitCode: 2,
    cause: 'Options, props, flags or settings are wrong; the message names every fault.',
    remedy: 'Correct what the message names, then run the same again.',
  },
  'invalid-database-url': {
    exitCode: 2,
    cause:
      'The URL is not that of a PostgreSQL database, or a special character in it is not percent-encoded.',
    remedy: 'Write it as postgres://user:password@host:5432/database, with the password percent-encoded.',
  },
  'database-unreachable': {
    exitCode: 1,
    cause: 'No session could be opened on the database.',
    remedy: 'Check that the server runs, and the host, port, database, user and password of the URL.',
  },
  'connection-lost': {
    exitCode: 1,
    cause: 'The server closed the connection while it was in use.',
    remedy: 'Check that the server runs, and its log; then run the same again.',
  },
  'permission-denied': {
    exitCode: 1,
    cause: 'The role of the session may not do this.',
    remedy: 'Connect as the role that the hint names.',
  },
  interrupted: {
    exitCode: 1,
    cause: 'The work was interrupted, and ended in order.',
    remedy: 'Go on as the hint says.',
  },
  'policy-findings': {
    exitCode: 3,
    cause: 'The stack breaks rules of the policy.',
    remedy: 'Fix what is found, or suppress it with a reason: suppress(construct, rule, reason).',
  },
  'seeding-in-progress': {
    exitCode: 1,
    cause: 'Another run is loading data into the database.',
    remedy: 'Wait for it to end, or stop it.',
  },
  'nothing-for-sale': {
    exitCode: 1,
    cause: 'Orders are to be generated, and no active product has a price.',
    remedy: 'Import a catalog with active products first.',
  },

  // local-rds
  'cluster-not-found': {
    exitCode: 1,
    cause: 'There is no cluster in the folder.',
    remedy: 'Start it first.',
  },
  'cluster-data-not-found': {
    exitCode: 1,
    cause: 'The folder has a cluster whose data is gone; it is never made anew silently.',
    remedy: 'Restore the data, or remove the cluster and begin anew.',
  },
  'cluster-copied': {
    exitCode: 1,
    cause: "The folder is a copy of a cluster's folder, and the data, outside of it, is the original's.",
    remedy: 'Delete the file that the hint names, to begin anew here or to go on with the original.',
  },
  'cluster-not-owned': {
    exitCode: 1,
    cause: 'The cluster belongs to another user of the machine.',
    remedy: 'Run this as that user, or name another folder.',
  },
  'invalid-cluster-directory': {
    exitCode: 2,
    cause: 'The folder holds something else than a cluster that this version knows.',
    remedy: 'Name an empty or a new folder, or restore the file of the cluster.',
  },
  'directory-unreadable': {
    exitCode: 1,
    cause: 'This user may not read the folder of the cluster.',
    remedy: 'Run this as the user who started the cluster.',
  },
  'directory-unwritable': {
    exitCode: 1,
    cause: 'This user may not write in the folder of the cluster.',
    remedy: 'Make it writable for this user, or name another folder.',
  },
  'disk-full': {
    exitCode: 1,
    cause: 'No space is left on the disk.',
    remedy: 'Make room, then run the same again: what was done is kept.',
  },
  'port-in-use': {
    exitCode: 1,
    cause: 'Another program has the port that was asked for or remembered.',
    remedy: 'Stop that program, or choose another port.',
  },
  'postgres-binaries-not-found': {
    exitCode: 1,
    cause: 'The PostgreSQL programs for this platform are not installed.',
    remedy: 'Install with optional dependencies, on Linux (glibc), macOS or Windows.',
  },
  'postgres-version-mismatch': {
    exitCode: 1,
    cause: 'The data is of another major version of PostgreSQL.',
    remedy: 'Move it with pg_dump of the old version, or name another folder.',
  },
  'postgres-tool-failed': {
    exitCode: 1,
    cause: 'initdb or pg_ctl failed.',
    remedy: 'Fix what its output in the message says, then run the same again.',
  },
  'server-user-not-found': {
    exitCode: 1,
    cause: 'PostgreSQL refuses to run as root, and no account to run it as was found.',
    remedy: 'Run this as an ordinary user, or name an account with the option serverUser.',
  },
  'server-start-failed': {
    exitCode: 1,
    cause: 'A PostgreSQL server did not start.',
    remedy: 'Fix what the end of its log in the message says, then run the same again.',
  },
  'server-stop-failed': {
    exitCode: 1,
    cause: 'A PostgreSQL server does not end.',
    remedy: 'Stop the process that the message names, then run the same again.',
  },
  'server-lost': {
    exitCode: 1,
    cause: 'A PostgreSQL server ended, or does not answer.',
    remedy: 'Run the same again; its log says why it ended.',
  },
  'server-unidentified': {
    exitCode: 1,
    cause: "A process may be the cluster's server or another's, and it cannot be told which.",
    remedy: 'Stop the process if it is, or delete the postmaster.pid that the hint names if it is not.',
  },
  'servers-elsewhere': {
    exitCode: 1,
    cause: 'The cluster was moved or deleted by hand while its servers ran, and they run on.',
    remedy: 'Stop the cluster in its new folder, or the processes that the hint names.',
  },
  'standby-not-streaming': {
    exitCode: 1,
    cause: 'A standby does not stream from the writer.',
    remedy: 'Fix what its log says, then run the same again.',
  },
  'standby-unavailable': {
    exitCode: 1,
    cause: 'A failover was asked for, and no intact standby has all that the writer has acknowledged.',
    remedy: 'Start the cluster with a standby: that also fixes a broken one.',
  },
  'failover-refused': {
    exitCode: 1,
    cause: 'A failover would lose commits.',
    remedy: 'Start the old writer again, or fail over with acceptLossBytes.',
  },
  'writer-damaged': {
    exitCode: 1,
    cause: "The writer's data is damaged, and that of a former writer is kept.",
    remedy:
      'Save what is needed from either, rename the folder of the former writer, and run the same again.',
  },
  'tablespaces-not-supported': {
    exitCode: 1,
    cause: 'A cluster with tablespaces was to get a standby.',
    remedy: 'Move their tables to pg_default and drop them, or start the cluster with standbys: 0.',
  },
  'template-in-use': {
    exitCode: 1,
    cause: 'prepare() of a template database has returned and left sessions open.',
    remedy: 'Close what it has opened before it returns.',
  },
  'test-cluster-not-found': {
    exitCode: 1,
    cause: 'createTestDatabase() runs in a test run that provides no cluster.',
    remedy: 'Call startTestCluster() in a globalSetup of the vitest config, and provide its URL.',
  },

  // migrator
  'migrations-refused': {
    exitCode: 1,
    cause: 'The migrations in the code and the ledger do not fit together; nothing was run.',
    remedy: 'Correct each fault in the message; info() shows the state of every migration.',
  },
  'migration-failed': {
    exitCode: 1,
    cause: 'A statement of a migration failed; the message has it, and the state that it left.',
    remedy: 'Correct the migration or the cause, then run it again.',
  },
  'migration-interrupted': {
    exitCode: 1,
    cause: 'The run of migrations was interrupted; what it applied is in the ledger.',
    remedy: 'Run it again to go on.',
  },
  'migration-locked': {
    exitCode: 1,
    cause: 'Another run of migrations holds the lock.',
    remedy: 'Wait for it to end and run again, or, if it hangs, end it with pg_terminate_backend(pid).',
  },
  'migration-lock-lost': {
    exitCode: 1,
    cause: 'The session that holds the migration lock has ended, or a pooler gave it away.',
    remedy: 'Connect to the server directly, not through a transaction pooler.',
  },
  'migration-not-found': {
    exitCode: 2,
    cause: 'No migration has the name that was given.',
    remedy: 'Check the name with info().',
  },
  'migration-recorded': {
    exitCode: 1,
    cause: 'The migration is in the ledger already.',
    remedy: 'Look at its state with info().',
  },
  'invalid-migration': {
    exitCode: 2,
    cause:
      'A migration file exports no migration class, or its up() or down() fails before a statement runs.',
    remedy: 'Correct the migration.',
  },
  'cascade-refused': {
    exitCode: 1,
    cause:
      'A view changed that other views stand on, and dropping it would drop them; no migration was written.',
    remedy: 'Write this migration by hand: drop those views first, and make them anew after it.',
  },
  'ledger-foreign': {
    exitCode: 1,
    cause: 'The table of the ledger is not a ledger of this migrator.',
    remedy: 'Give another name as migrations.tableName.',
  },
  'ledger-unreadable': {
    exitCode: 1,
    cause: 'The database user may not read the ledger.',
    remedy: 'Grant select on it to that user.',
  },
  'migrator-not-registered': {
    exitCode: 1,
    cause: 'The ORM uses another migrator.',
    remedy: "Add Migrator of @ecommerce-dms/migrator to extensions in the ORM's options.",
  },

  // seeder
  'production-refused': {
    exitCode: 2,
    cause: 'A production environment is not seeded.',
    remedy: 'Choose another environment; if made-up data belongs there, set allowProduction.',
  },
  'plan-mismatch': {
    exitCode: 1,
    cause: 'The seed plan does not fit the tables of the database.',
    remedy: 'Migrate the database to the schema of the plan, and connect as the owner of its tables.',
  },
  'plan-violates-constraint': {
    exitCode: 1,
    cause: 'The generated rows violate a constraint; the tables are as they were.',
    remedy: 'Fix the plan, or choose another seed where the keys of rows from before are made again.',
  },
  'value-refused': {
    exitCode: 1,
    cause: 'The plan gives a value that does not fit its column; the tables are as they were.',
    remedy: 'Fix the plan at the table, column and row in the message.',
  },
  'row-refused': {
    exitCode: 1,
    cause: 'PostgreSQL refused a generated row; the tables are as they were.',
    remedy: 'Fix the plan at the table and row in the message.',
  },
  'tables-not-empty': {
    exitCode: 1,
    cause: 'The plan needs empty tables, and some have rows.',
    remedy: 'Empty them, use a fresh database, or set allowNonEmpty, with another seed.',
  },
  'not-the-owner': {
    exitCode: 1,
    cause: 'The role that connects may not do what only the owner of the loaded tables may.',
    remedy: 'Connect as the owner of the tables, to the writer.',
  },
  'not-the-writer': {
    exitCode: 1,
    cause: 'The server, or the session, only reads.',
    remedy: 'Connect to the writer.',
  },
  'tables-in-use': {
    exitCode: 1,
    cause: 'Other sessions use the tables; a bulk load needs them for itself.',
    remedy: 'Stop what uses the database, then run again.',
  },
  'tables-changed': {
    exitCode: 1,
    cause: 'The definition of the tables was changed during the load, which was undone.',
    remedy: 'Run again when nothing else changes them.',
  },
  'load-failed': {
    exitCode: 1,
    cause: 'The load failed; the database is as it was before.',
    remedy: 'Fix what the server reports, then run the same again.',
  },
  'failed-after-load': {
    exitCode: 1,
    cause: 'Something failed after the load was complete: the rows are there.',
    remedy: 'Look at the cause in the message; nothing has to be loaded again.',
  },
  'restore-failed': {
    exitCode: 1,
    cause: "A failed load could not be undone: the tables' constraints are still set aside.",
    remedy: 'Follow the hint, then seed again or call restore(): both put the constraints back.',
  },
  'rows-of-others': {
    exitCode: 1,
    cause: 'A cut-off load is not undone: that would delete rows that others wrote or changed.',
    remedy: 'Keep or delete those rows; the hint has the statements that show them.',
  },
  'rows-violate-constraint': {
    exitCode: 1,
    cause: 'A cut-off load is not undone: without its rows, rows of others would violate a constraint.',
    remedy: 'Correct or delete those rows, then run again.',
  },
  'run-unreadable': {
    exitCode: 1,
    cause: 'A load is under way or was cut off, and this role may not read its record.',
    remedy: 'Connect as the owner of the tables that are loaded.',
  },

  // validator
  'replay-timeout': {
    exitCode: 1,
    cause: 'The replica has not replayed the position in time.',
    remedy: 'Check the replica lag, wait longer, or check the writer.',
  },
  'recovery-conflict': {
    exitCode: 1,
    cause: 'The standby cancelled the checks again and again, because they stood in the way of its replay.',
    remedy: 'Raise max_standby_streaming_delay, turn hot_standby_feedback on, or check the writer.',
  },

  // rds-classes
  'instance-class-not-found': {
    exitCode: 2,
    cause: 'The DB instance class does not exist, or is not offered for the engine and region.',
    remedy: 'Take one of the classes that the hint names.',
  },

  // stack
  'stack-empty': {
    exitCode: 2,
    cause: 'There is no stack to judge: the JSON has no resource and no module.',
    remedy: 'Give the content of cdk.tf.json, which is written when the stack is synthesized.',
  },

  // stack, aws, infra
  'plan-unreadable': {
    exitCode: 2,
    cause: 'What was given is not the JSON of a Terraform plan.',
    remedy: 'Make it with: terraform plan -out=FILE, then terraform show -json FILE.',
  },
  'prices-unavailable': {
    exitCode: 1,
    cause: "AWS's price list does not answer, or has nothing for the region.",
    remedy: 'Check the name of the region, and that the credentials may call pricing:GetProducts.',
  },
  'database-secret-unreadable': {
    exitCode: 1,
    cause: "The secret with a database's user and password cannot be read.",
    remedy: 'Allow secretsmanager:GetSecretValue, and kms:Decrypt with its key.',
  },
  'snapshot-refused': {
    exitCode: 1,
    cause: 'RDS takes no snapshot of the database now.',
    remedy: 'Wait until the database is available, then take it again.',
  },
  'snapshot-failed': {
    exitCode: 1,
    cause: 'A snapshot was begun and did not become available.',
    remedy: 'Look at the events of the database in the RDS console.',
  },
  'stack-not-found': {
    exitCode: 1,
    cause: 'The folder has no synthesized stack.',
    remedy: 'Synthesize it first.',
  },
  'terraform-not-found': {
    exitCode: 1,
    cause: 'There is no terraform on the PATH.',
    remedy: 'Install Terraform 1.11 or later.',
  },
  'terraform-init-failed': {
    exitCode: 1,
    cause: 'terraform init failed.',
    remedy: "Fix what Terraform's errors in the message name, then run the same again.",
  },
  'terraform-plan-failed': {
    exitCode: 1,
    cause: 'terraform plan failed.',
    remedy: "Fix what Terraform's errors in the message name, then run the same again.",
  },
  'terraform-apply-failed': {
    exitCode: 1,
    cause: 'terraform apply failed; what was made is in the state.',
    remedy: 'Fix what the message names; a new plan and apply go on from there.',
  },
  'terraform-show-failed': {
    exitCode: 1,
    cause: 'terraform show failed.',
    remedy: "Fix what Terraform's errors in the message name, then run the same again.",
  },

  // alarms
  'log-group-required': {
    exitCode: 2,
    cause: 'An alarm counts log lines, and no log group was named.',
    remedy: 'Pass logGroupName, or derive the definitions without logExports.',
  },
  'monitoring-refused': {
    exitCode: 1,
    cause: 'The server refuses to be monitored with this database or role.',
    remedy: 'Use an existing database, and a role that may log in and has pg_monitor.',
  },

  // entities: runtime
  'invalid-input': {
    exitCode: 2,
    cause: 'The input of an operation is wrong; the message names every fault.',
    remedy: 'Correct what the message names.',
  },
  'invalid-cursor': {
    exitCode: 2,
    cause: 'The cursor of a page is not one of this list in this order.',
    remedy: 'Begin with the first page, without a cursor.',
  },
  'invalid-lsn': {
    exitCode: 2,
    cause: 'What a read is to wait for is not a position in the write-ahead log.',
    remedy: 'Pass the position that a write has returned, such as 0/3A1B2C8.',
  },
  'transaction-open': {
    exitCode: 1,
    cause: 'An operation that must not be part of a transaction was called within one.',
    remedy: 'Call it outside of the transaction.',
  },
  'idempotency-conflict': {
    exitCode: 1,
    cause: 'The idempotency key was used for another request.',
    remedy: 'Use a new key for a new request, and the same one only to repeat a request.',
  },
  'outcome-unknown': {
    exitCode: 1,
    cause: 'The connection was lost at the commit: the operation was done, or not.',
    remedy: 'Look before you do it again, or repeat it with the same idempotency key.',
  },
  'database-busy': {
    exitCode: 1,
    cause: 'Other transactions stood in the way at every attempt; nothing was done.',
    remedy: 'Try again later.',
  },
  'database-unavailable': {
    exitCode: 1,
    cause: 'The database could not be reached at any attempt; nothing was done.',
    remedy: 'Try again when it is back.',
  },
  'event-not-set-aside': {
    exitCode: 1,
    cause: 'No event with this id is set aside.',
    remedy: 'Take one of those that listSetAsideEvents() returns.',
  },
  'provisioning-failed': {
    exitCode: 1,
    cause: 'The roles of the shop could not be made.',
    remedy: 'Connect as a superuser, or as a role with CREATEROLE and CREATEDB that owns the database.',
  },
  'role-too-powerful': {
    exitCode: 1,
    cause: 'A role of the shop has more rights than the shop gives it.',
    remedy: 'Take SUPERUSER, CREATEROLE, CREATEDB, REPLICATION and BYPASSRLS from it, or drop it.',
  },
  'invalid-password': {
    exitCode: 2,
    cause: 'The password for a role is empty, or has characters other than printable ASCII.',
    remedy: 'Generate one, for instance with: openssl rand -base64 24',
  },

  // entities: catalog
  'attribute-exists': {
    exitCode: 1,
    cause: 'There is an attribute with this code already.',
    remedy: 'Use it, or choose another code.',
  },
  'attribute-not-found': {
    exitCode: 1,
    cause: 'Not all of the codes are attributes of the catalog.',
    remedy: 'Make them with createAttribute first.',
  },
  'invalid-attribute-value': {
    exitCode: 2,
    cause: 'A value is not of the type of its attribute.',
    remedy: 'Give a string, a number or a boolean, as the attribute says.',
  },
  'category-exists': {
    exitCode: 1,
    cause: 'The parent has a category with this slug already.',
    remedy: 'Choose another slug or another parent.',
  },
  'category-not-found': {
    exitCode: 1,
    cause: 'No category has this id.',
    remedy: 'Check the id.',
  },
  'category-cycle': {
    exitCode: 1,
    cause: 'A category was to move below itself.',
    remedy: 'Choose a parent that is not below it.',
  },
  'currency-not-found': {
    exitCode: 1,
    cause: 'The currency is not one of the shop.',
    remedy: 'Choose a currency of the table currency.',
  },
  'price-list-exists': {
    exitCode: 1,
    cause: 'There is a price list with this code already.',
    remedy: 'Use it, or choose another code.',
  },
  'price-list-not-found': {
    exitCode: 1,
    cause: 'No price list has this code.',
    remedy: 'Make it with createPriceList first.',
  },
  'price-list-ended': {
    exitCode: 1,
    cause: 'The price list has ended.',
    remedy: 'Set the price in a list that has not ended.',
  },
  'price-overlap': {
    exitCode: 1,
    cause: 'The variant has another price that begins while this one is valid.',
    remedy: 'Let this one end (until) where that one begins.',
  },
  'product-not-found': {
    exitCode: 1,
    cause: 'There is no such product, or it is not on offer any more.',
    remedy: 'Check the id or the slug.',
  },
  'variant-not-found': {
    exitCode: 1,
    cause: 'There is no such variant, or it was deleted.',
    remedy: 'Check the id.',
  },

  // entities: import of a catalog
  'invalid-catalog': {
    exitCode: 2,
    cause: "The file is not a product export in Shopify's format, or has faults; nothing was imported.",
    remedy: 'Correct the cells that the message names, or leave their products out with skipInvalid.',
  },
  'catalog-unreadable': {
    exitCode: 2,
    cause: 'The file of the catalog cannot be read.',
    remedy: 'Check its name and its permissions.',
  },
  'catalog-conflict': {
    exitCode: 2,
    cause: 'Variants of the file have the SKU or the options of variants of the shop that the file lacks.',
    remedy: 'Change or delete the variants of the shop, or add them to the file.',
  },
  'catalog-tables-not-found': {
    exitCode: 1,
    cause: 'The database has no tables of the shop.',
    remedy: 'Migrate it first.',
  },
  'catalog-busy': {
    exitCode: 1,
    cause: 'Another session changed the catalog at the same time; nothing was imported.',
    remedy: 'Import again.',
  },
  'currency-mismatch': {
    exitCode: 2,
    cause: 'The catalog was read in a currency that the shop lacks, or has with other decimals.',
    remedy: "Correct the shop's table currency, or read the catalog in another currency.",
  },

  // entities: customers
  'account-locked': {
    exitCode: 1,
    cause: 'The account is locked after too many wrong passwords.',
    remedy: 'Wait, or ask for a new password.',
  },
  'address-not-found': {
    exitCode: 1,
    cause: 'The customer has no such address.',
    remedy: 'Check the id of the address and of the customer.',
  },
  'customer-not-found': {
    exitCode: 1,
    cause: 'There is no such customer, or they were erased.',
    remedy: 'Check the id.',
  },
  'email-taken': {
    exitCode: 1,
    cause: 'A customer with this e-mail address exists already.',
    remedy: 'Log in, or ask for a new password.',
  },
  'identity-not-found': {
    exitCode: 1,
    cause: 'No customer logs in with this identity of the provider.',
    remedy: 'Register with it, or log in with a password and link it.',
  },
  'identity-taken': {
    exitCode: 1,
    cause: 'Another customer logs in with this identity of the provider.',
    remedy: 'Log in as that customer.',
  },
  'provider-linked': {
    exitCode: 1,
    cause: 'The customer has another identity of the provider.',
    remedy: 'Unlink it first.',
  },
  'last-credential': {
    exitCode: 1,
    cause: 'Without this identity the customer could not log in.',
    remedy: 'Set a password first: requestPasswordReset.',
  },
  'invalid-credentials': {
    exitCode: 2,
    cause: 'The e-mail address or the password is wrong.',
    remedy: 'Try again, or ask for a new password.',
  },
  'invalid-token': {
    exitCode: 2,
    cause: 'The token was used, has expired, or never was.',
    remedy: 'Ask for a new one.',
  },

  // entities: carts
  'cart-empty': {
    exitCode: 1,
    cause: 'The cart has no lines.',
    remedy: 'Add something to it.',
  },
  'cart-not-open': {
    exitCode: 1,
    cause: 'There is no such cart, or it was ordered, merged or has expired.',
    remedy: 'Open a new one.',
  },
  'cart-line-not-found': {
    exitCode: 1,
    cause: 'The cart has no line of the variant.',
    remedy: 'Add the variant to the cart.',
  },
  'guest-cart-required': {
    exitCode: 1,
    cause: "The cart to merge is a customer's.",
    remedy: 'Merge carts of guests only.',
  },
  'variant-not-for-sale': {
    exitCode: 1,
    cause: 'The variant has no price now, or is not offered.',
    remedy: 'Choose another variant, or give it a price.',
  },
  'quantity-too-large': {
    exitCode: 1,
    cause: 'A line of a cart would have more units than it may.',
    remedy: 'Reduce the quantity.',
  },
  'price-changed': {
    exitCode: 1,
    cause: 'Prices have changed since the cart was shown.',
    remedy: 'Show the cart again, and let the customer confirm.',
  },
  'coupon-refused': {
    exitCode: 1,
    cause: 'The coupon does not apply to the cart.',
    remedy: 'Show the cart without the coupon, and let the customer confirm.',
  },

  // entities: stock, orders and shipments
  'stock-not-found': {
    exitCode: 1,
    cause: 'A stock location or a variant that goods arrive for does not exist.',
    remedy: 'Create locations and variants before goods arrive for them.',
  },
  'out-of-stock': {
    exitCode: 1,
    cause: 'There is not enough stock.',
    remedy: 'Reduce the quantities.',
  },
  'order-not-found': {
    exitCode: 1,
    cause: 'No order has this id.',
    remedy: 'Check the id.',
  },
  'order-not-open': {
    exitCode: 1,
    cause: 'The status of the order does not allow this.',
    remedy: 'Ship only a confirmed order; cancel an unpaid one as a whole; return what was shipped.',
  },
  'order-not-covered': {
    exitCode: 1,
    cause: 'The payments of the order do not cover its total.',
    remedy: 'Authorize a payment of the rest.',
  },
  'order-not-cancelled': {
    exitCode: 1,
    cause: 'The money of an order was to be returned that is not cancelled.',
    remedy: 'Cancel the order first, or refund a part of a payment.',
  },
  'illegal-transition': {
    exitCode: 1,
    cause: 'The status cannot change in this way.',
    remedy: 'Read the status again: somebody else may have been faster.',
  },
  'shipment-not-found': {
    exitCode: 1,
    cause: 'No shipment has this id.',
    remedy: 'Check the id.',
  },
  'nothing-to-ship': {
    exitCode: 1,
    cause: 'The order has nothing that could be shipped now.',
    remedy: 'Receive stock for what waits; the rest was shipped or cancelled.',
  },
  'quantity-exceeded': {
    exitCode: 1,
    cause: 'More units are to be shipped, cancelled or returned than are left.',
    remedy: 'Read the order again, and reduce the quantities.',
  },

  // entities: payments
  'payment-not-found': {
    exitCode: 1,
    cause: 'No payment has this id.',
    remedy: 'Check the id.',
  },
  'payment-provider-mismatch': {
    exitCode: 1,
    cause: 'The payment was made with another provider.',
    remedy: 'Call it with the provider that the hint names.',
  },
  'payment-declined': {
    exitCode: 1,
    cause: 'The provider refused the payment.',
    remedy: 'Try another payment method, with a new key.',
  },
  'payment-outcome-unknown': {
    exitCode: 1,
    cause: 'The provider did not answer: it may have done it or not.',
    remedy: 'Repeat it with the same key: nothing is charged twice.',
  },
  'payment-outcome-conflict': {
    exitCode: 1,
    cause: 'The provider reports another outcome than before.',
    remedy: 'Compare with the dashboard of the provider, and correct it there.',
  },
  'transaction-not-found': {
    exitCode: 1,
    cause: 'No transaction of the provider has this key.',
    remedy: 'Look for it in the dashboard of the provider: it was not begun here.',
  },
  'amount-exceeds-due': {
    exitCode: 1,
    cause: 'The amount is more than what is due of the order.',
    remedy: 'Reduce the amount, or wait until what is under way has an outcome.',
  },
  'amount-exceeds-authorized': {
    exitCode: 1,
    cause: 'The amount is more than what is authorized and not captured.',
    remedy: 'Reduce the amount, or wait until what is under way has an outcome.',
  },
  'amount-exceeds-captured': {
    exitCode: 1,
    cause: 'The amount is more than what is captured and not refunded.',
    remedy: 'Reduce the amount, or wait until what is under way has an outcome.',
  },

  // deploy
  'config-unreadable': {
    exitCode: 2,
    cause: 'dms.config.ts cannot be loaded.',
    remedy: 'Correct what the message says.',
  },
  'environment-not-found': {
    exitCode: 2,
    cause: 'dms.config.ts has no environment of this name.',
    remedy: 'Take one of those that the hint names.',
  },
  'environment-not-local': {
    exitCode: 2,
    cause: 'The command is for local environments, and this one is on AWS.',
    remedy: 'Name a local environment.',
  },
  'environment-not-on-aws': {
    exitCode: 2,
    cause: 'The command is for environments on AWS, and this one is local.',
    remedy: 'Name an environment on AWS.',
  },
  'database-not-running': {
    exitCode: 1,
    cause: 'The local database is not running.',
    remedy: "Start it with 'dms up'.",
  },
  'local-database-moved': {
    exitCode: 1,
    cause: 'The folder of the local database was renamed while its servers ran.',
    remedy: "Run 'dms up', which restarts them; no commit is lost.",
  },
  'database-url-required': {
    exitCode: 2,
    cause: 'DATABASE_URL is not set, and nothing is known to be applied on AWS.',
    remedy: "Set it to the writer as shop_migrator, or run 'dms apply' from here.",
  },
  'administrator-url-required': {
    exitCode: 2,
    cause: 'DATABASE_ADMIN_URL is not set, and nothing is known to be applied on AWS.',
    remedy: "Set it to the writer as the administrator, or run 'dms apply' from here.",
  },
  'credentials-unreadable': {
    exitCode: 1,
    cause: 'The file with the passwords of the local roles cannot be read.',
    remedy: "Delete it; the next 'dms up' sets new passwords.",
  },
  'state-unreadable': {
    exitCode: 1,
    cause: "The file of the run's state cannot be used.",
    remedy: 'Delete it: the stages that need it say which stage to run first.',
  },
  'not-confirmed': {
    exitCode: 2,
    cause: 'A command that destroys something was not confirmed; nothing was done.',
    remedy: 'Answer with the name that is asked for, or confirm with the flag that the hint names.',
  },
  'alarms-firing': {
    exitCode: 3,
    cause: 'Alarms are firing.',
    remedy: 'Look at each alarm: it says what to do.',
  },
  'checks-failed': {
    exitCode: 3,
    cause: 'The database breaks some of its rules.',
    remedy: "Run 'dms validate': it shows which rows, and the SQL that fixes them.",
  },
  'checks-not-evaluated': {
    exitCode: 1,
    cause: 'Some checks could not be evaluated.',
    remedy: "Run 'dms validate': it shows which, and why.",
  },
  'diagram-outdated': {
    exitCode: 3,
    cause: 'The diagrams in docs/diagrams are not those of the entities and settings.',
    remedy: "Write them anew with 'dms diagram'.",
  },
  'drill-findings': {
    exitCode: 3,
    cause: 'A drill has found things lost or wrong.',
    remedy: 'Look at the list: each is a fault of the shop or of the cluster.',
  },
  'standby-not-rejoined': {
    exitCode: 1,
    cause: 'After a failover the old writer is no standby.',
    remedy: "Run 'dms up': it brings it back.",
  },
  'budget-exceeded': {
    exitCode: 3,
    cause: 'A month may cost more than the budget of the environment.',
    remedy: "Take a smaller component ('dms cost' shows them), or raise aws.monthlyBudgetUsd.",
  },
  'budget-undecided': {
    exitCode: 3,
    cause: 'Whether the budget is kept cannot be decided, because something has no price.',
    remedy: 'Give the prices that the hint names.',
  },
  'invalid-prices': {
    exitCode: 2,
    cause: 'The file of prices has faults.',
    remedy: "Fix it, or delete it and run 'dms prices refresh'.",
  },
  'plan-not-found': {
    exitCode: 1,
    cause: 'There is no plan to apply.',
    remedy: "Make one with 'dms plan'.",
  },
  'plan-outdated': {
    exitCode: 1,
    cause: 'The stack or the plan has changed since the plan was made.',
    remedy: "Make another with 'dms plan', and look at it.",
  },
  'plan-destructive': {
    exitCode: 3,
    cause: 'The plan has changes that cannot be taken back.',
    remedy: 'If each of them is meant, plan again with the flags that the hint names.',
  },
  'bootstrap-destructive': {
    exitCode: 3,
    cause: 'The bootstrap would delete what others rely on.',
    remedy: 'Give the same flags as the bootstrap before.',
  },
  'deletion-protected': {
    exitCode: 1,
    cause: 'A database is protected against deletion; nothing was destroyed.',
    remedy: "If the data is to go: 'dms destroy' with --remove-deletion-protection.",
  },
  'release-refused': {
    exitCode: 1,
    cause: 'Removing the protection against deletion would change more than that.',
    remedy: "Bring the stack up to date with 'dms apply' first, then destroy.",
  },
  'teardown-not-proven': {
    exitCode: 1,
    cause: 'The stack is destroyed, and something billable is left, or could not be looked for.',
    remedy: 'Fix what the message names, then run the same again: it proves the rest.',
  },
} satisfies Record<string, ErrorDescription>;

/** The code of a `UserError`. */
export type ErrorCode = keyof typeof errorCodes;
