/** What an error code means. */
export interface ErrorDescription {
  /** The exit code that a command ends with: 1 failed, 2 usage or settings, 3 findings. */
  readonly exitCode: 1 | 2 | 3;
  /** What happened; the message of an error says it with names and values. */
  readonly cause: string;
  /** What to do; the hint of an error says it with the command to run, if there is one. */
  readonly remedy: string;
}

/** Each code with its cause and remedy, and its exit code where that is not 1. */
const descriptions = {
  // Several packages
  'invalid-settings': {
    exitCode: 2,
    cause: 'Options, props, flags or settings are wrong; the message names every fault.',
    remedy: 'Correct what the message names, then try again.',
  },
  'invalid-database-url': {
    exitCode: 2,
    cause: 'The URL does not name a PostgreSQL database, or a special character is not percent-encoded.',
    remedy: 'Write it as postgres://user:password@host:5432/database, with the password percent-encoded.',
  },
  'database-unreachable': {
    cause: 'No connection to the database could be opened.',
    remedy: 'Check that the server runs, and the host, port, database, user and password of the URL.',
  },
  'connection-lost': {
    cause: 'The server closed the connection while it was in use.',
    remedy: 'Check that the server is running, look at its log, then try again.',
  },
  'permission-denied': {
    cause: 'The database role is not allowed to do this.',
    remedy: 'Connect as the role that the hint names.',
  },
  interrupted: {
    cause: 'The work was interrupted, and stopped cleanly.',
    remedy: 'Follow the hint to continue.',
  },
  'policy-findings': {
    exitCode: 3,
    cause: 'The stack breaks policy rules.',
    remedy: 'Fix the findings, or suppress them with a reason: suppress(construct, rule, reason).',
  },
  'seeding-in-progress': {
    cause: 'Another run is loading data into the database.',
    remedy: 'Wait for it to end, or stop it.',
  },
  'nothing-for-sale': {
    cause: 'Orders cannot be generated, because no active product has a price.',
    remedy: 'Import a catalog with active products first.',
  },

  // local-rds
  'cluster-not-found': {
    cause: 'There is no cluster in the folder.',
    remedy: 'Start a cluster in it first.',
  },
  'cluster-data-not-found': {
    cause: 'The folder has a cluster whose data is missing; it is never replaced silently.',
    remedy: 'Restore the data, or remove the cluster and create it again.',
  },
  'cluster-copied': {
    cause: "The folder is a copy of a cluster's folder; the data, stored elsewhere, belongs to the original.",
    remedy: 'Delete the file that the hint names, to start a new cluster here or to keep the original.',
  },
  'cluster-not-owned': {
    cause: 'The cluster belongs to another user of the machine.',
    remedy: 'Run this as that user, or name another folder.',
  },
  'invalid-cluster-directory': {
    exitCode: 2,
    cause: 'The folder contains something other than a cluster that this version knows.',
    remedy: 'Name an empty or a new folder, or restore the cluster file.',
  },
  'directory-unreadable': {
    cause: "This user may not read the cluster's folder.",
    remedy: 'Run this as the user who started the cluster.',
  },
  'directory-unwritable': {
    cause: "This user may not write to the cluster's folder.",
    remedy: 'Make it writable for this user, or name another folder.',
  },
  'disk-full': {
    cause: 'No space is left on the disk.',
    remedy: 'Free some space, then try again: what was done is kept.',
  },
  'port-in-use': {
    cause: 'Another program uses the port that was asked for or remembered.',
    remedy: 'Stop that program, or choose another port.',
  },
  'postgres-binaries-not-found': {
    cause: 'The PostgreSQL programs for this platform are not installed.',
    remedy: 'Install with optional dependencies, on Linux (glibc), macOS or Windows.',
  },
  'postgres-version-mismatch': {
    cause: 'The data belongs to another major version of PostgreSQL.',
    remedy: 'Move it with the pg_dump of that version, or name another folder.',
  },
  'postgres-tool-failed': {
    cause: 'initdb or pg_ctl failed.',
    remedy: 'Fix what its output in the message says, then try again.',
  },
  'server-user-not-found': {
    cause: 'PostgreSQL refuses to run as root, and no other account to run it was found.',
    remedy: 'Run this as an ordinary user, or name an account with the option serverUser.',
  },
  'server-start-failed': {
    cause: 'A PostgreSQL server did not start.',
    remedy: 'Fix what the end of its log, in the message, says; then try again.',
  },
  'server-stop-failed': {
    cause: 'A PostgreSQL server does not stop.',
    remedy: 'Stop the process that the message names, then try again.',
  },
  'server-lost': {
    cause: 'A PostgreSQL server stopped, or does not answer.',
    remedy: 'Try again; its log says why it stopped.',
  },
  'server-unidentified': {
    cause: "Whether a process is the cluster's server or another one cannot be determined.",
    remedy: 'If it is, stop it; if it is not, delete the postmaster.pid that the hint names.',
  },
  'servers-elsewhere': {
    cause: 'The cluster was moved or deleted by hand while its servers were running, and they still are.',
    remedy: 'Stop the cluster in its new folder, or the processes that the hint names.',
  },
  'standby-not-streaming': {
    cause: 'A standby does not stream from the writer.',
    remedy: 'Fix what its log says, then try again.',
  },
  'standby-unavailable': {
    cause: 'A failover was asked for, and no intact standby has everything that the writer has acknowledged.',
    remedy: 'Start the cluster with a standby; starting also repairs a damaged one.',
  },
  'failover-refused': {
    cause: 'A failover would lose commits.',
    remedy: 'Start the old writer again, or fail over with acceptLossBytes.',
  },
  'writer-damaged': {
    cause: "The writer's data is damaged, and the data of a former writer has been kept.",
    remedy: 'Save what you need from either, rename the folder of the former writer, and try again.',
  },
  'tablespaces-not-supported': {
    cause: 'A cluster with tablespaces cannot have a standby.',
    remedy: 'Move their tables to pg_default and drop them, or start the cluster with standbys: 0.',
  },
  'template-in-use': {
    cause: 'The prepare() of a template database returned and left sessions open.',
    remedy: 'Close what it opened before it returns.',
  },
  'test-cluster-not-found': {
    cause: 'createTestDatabase() was called in a test run that provides no cluster.',
    remedy: 'Call startTestCluster() in a globalSetup of vitest, and provide its URL as testClusterUrl.',
  },

  // migrator
  'migrations-refused': {
    cause: 'A migration has a fault, or code, ledger and database do not fit together; nothing was run.',
    remedy:
      'Follow the command that the message has for each fault; `info` shows the state of every migration.',
  },
  'migration-failed': {
    cause: 'A statement of a migration failed; the message shows it, and the state of the database.',
    remedy: 'Correct the migration or the cause, then run it again.',
  },
  'migration-interrupted': {
    cause: 'The run of migrations was interrupted; the ledger has recorded what was applied.',
    remedy: 'Run it again to continue.',
  },
  'migration-findings': {
    exitCode: 3,
    cause: 'A command of the migrator has found what needs a decision; its result names it.',
    remedy: 'Decide with the commands that the result names.',
  },
  'migration-locked': {
    cause: 'Another run of migrations holds the lock, or a statement of a killed run is still running.',
    remedy: 'Wait for it to end and run again, or, if it hangs, end it with pg_terminate_backend(pid).',
  },
  'migration-blocked': {
    cause: 'The locks of a migration were not free in time; the message names who holds them.',
    remedy: 'Wait for those transactions, or end them, then run it again.',
  },
  'migration-unfinished': {
    cause: 'A CALL or DO that commits by itself was begun and not ended: it is not known how far it got.',
    remedy: "Look at what it has changed, then run it with unfinished: 'again' or 'done'.",
  },
  'shadow-refused': {
    exitCode: 2,
    cause: 'The role may not create the throwaway database in which migrations are replayed.',
    remedy: 'Name a server whose role may create databases, with --shadow-url.',
  },
  'release-unusable': {
    cause: 'The code of the previous release cannot be loaded, or its migrations fail on an empty database.',
    remedy:
      'Install what it needs with --previous-install, name its configuration with --previous-config, or give an installed copy with --previous-package.',
  },
  'migration-pooled': {
    exitCode: 2,
    cause: 'The connection goes through a pooler that gives each transaction another session.',
    remedy: 'Give the migrator the direct URL of the server.',
  },
  'migration-lock-lost': {
    cause: 'The session that held the migration lock has ended, or a pooler gave it to another client.',
    remedy: 'Connect to the server directly, not through a transaction pooler.',
  },
  'migration-not-found': {
    exitCode: 2,
    cause: 'No migration has the name that was given.',
    remedy: 'Check the name with info().',
  },
  'migration-recorded': {
    cause: 'The migration is already in the ledger.',
    remedy: 'Look at its state with info().',
  },
  'backfill-refused': {
    exitCode: 2,
    cause: 'A backfill has a fault, so that it cannot be run in batches, or was changed since it was begun.',
    remedy: 'Correct its file as the message says; or begin anew with backfill NAME --restart.',
  },
  'backfill-not-found': {
    exitCode: 2,
    cause: 'No backfill has the name that was given.',
    remedy: 'Check the name with backfill --list.',
  },
  'backfill-failed': {
    cause:
      'A statement of a backfill failed, its table stays locked, or rows still need it after the last pass; the batches before stay.',
    remedy: 'Fix the cause that the message names, then run it again: it goes on where it stopped.',
  },
  'backfill-interrupted': {
    cause: 'A backfill was interrupted, and has stopped after a batch.',
    remedy: 'Run it again: it goes on where it stopped.',
  },
  'callback-failed': {
    cause: 'A callback of a run of migrations failed; the message says which migrations are applied.',
    remedy:
      'Correct the callback. Then run `up` again; after a migration, do by hand what the callback has not done.',
  },
  'sum-unreadable': {
    cause:
      'A line of migrations.sum is no sum of a file, or it has two for one: it was edited by hand, or merged.',
    remedy: 'Correct the file, or write it anew with sum().',
  },
  'invalid-migration': {
    exitCode: 2,
    cause: "A migration's up() or down() fails before any statement, or its file exports no migration.",
    remedy: 'Correct the migration.',
  },
  'create-refused': {
    cause:
      'What the entities have and the migrations lack cannot be added without stopping others, or a statement fails; nothing was written.',
    remedy:
      'Write that part by hand, with create --blank; or, without traffic, all of it with create --single.',
  },
  'cascade-refused': {
    cause: 'Dropping a changed view would drop others that depend on it; no migration was written.',
    remedy: 'Write this migration by hand: drop those views first, and create them again after it.',
  },
  'ledger-foreign': {
    cause: 'The table that should be the ledger is not a ledger of this migrator.',
    remedy: 'Give that table another name, as the hint says.',
  },
  'ledger-damaged': {
    cause:
      'The ledger has rows or lacks columns as no run of this version leaves it: what has been applied is unknown.',
    remedy:
      'Use the newer version of the migrator that has written it, correct the rows that the message names, or restore the table.',
  },
  'ledger-unreadable': {
    cause: 'The database user may not read the ledger.',
    remedy: 'Grant select on it to that user.',
  },
  'ledger-unwritable': {
    cause: 'A write to the ledger failed; no statement of a migration is at fault.',
    remedy: 'Run the SQL in the hint, or correct what PostgreSQL says about the table.',
  },
  'migrator-not-registered': {
    cause: 'The ORM uses another migrator.',
    remedy: "Add Migrator of @ecommerce-dms/migrator to extensions in the ORM's options.",
  },

  // seeder
  'production-refused': {
    exitCode: 2,
    cause: 'Production environments are not seeded.',
    remedy: 'Choose another environment; if generated data belongs there, set allowProduction.',
  },
  'plan-mismatch': {
    cause: 'The seed plan does not fit the tables of the database.',
    remedy: 'Migrate the database to the schema of the plan, and connect as the owner of its tables.',
  },
  'plan-violates-constraint': {
    cause: 'The generated rows violate a constraint; the tables are as they were.',
    remedy: 'Fix the plan; or choose another seed, if this one generates keys again that existing rows have.',
  },
  'value-refused': {
    cause: 'The plan gives a value that does not fit its column; the tables are as they were.',
    remedy: 'Fix the plan at the table, column and row in the message.',
  },
  'row-refused': {
    cause: 'PostgreSQL refused a generated row; the tables are as they were.',
    remedy: 'Fix the plan at the table and row in the message.',
  },
  'tables-not-empty': {
    cause: 'The plan needs empty tables, and some have rows.',
    remedy: 'Empty them, use a new database, or set allowNonEmpty and choose another seed.',
  },
  'not-the-owner': {
    cause: 'The role may not do what only the owner of the loaded tables may do.',
    remedy: 'Connect to the writer as the owner of the tables.',
  },
  'not-the-writer': {
    cause: 'The server, or the session, is read-only.',
    remedy: 'Connect to the writer.',
  },
  'tables-in-use': {
    cause: 'Other sessions use the tables; a bulk load needs exclusive access.',
    remedy: 'Stop what uses the database, then try again.',
  },
  'tables-changed': {
    cause: 'The definition of the tables has changed since the load began.',
    remedy: 'Undo that change, or wait until nothing else changes the tables; then try again.',
  },
  'load-failed': {
    cause: 'The load failed; the database is as it was before.',
    remedy: 'Fix what the server reports, then try again.',
  },
  'failed-after-load': {
    cause: 'Something failed after the load was complete: the rows have been loaded.',
    remedy: 'Look at the cause in the message; nothing has to be loaded again.',
  },
  'restore-failed': {
    cause: 'A load could not be undone: its rows are there, and constraints of the tables are missing.',
    remedy: 'Follow the hint, then seed again or call restore(): both put the constraints back.',
  },
  'rows-of-others': {
    cause: 'An interrupted load is not undone: that would delete rows that others wrote or changed.',
    remedy: 'Keep or delete those rows; the hint has the statements that show them.',
  },
  'rows-violate-constraint': {
    cause: 'An interrupted load is not undone: without it, rows of others would violate a constraint.',
    remedy: 'Correct or delete those rows, then try again.',
  },
  'run-unreadable': {
    cause: 'A load is running or was cut off, and this role may not read its record.',
    remedy: 'Connect as the owner of the loaded tables.',
  },

  // validator
  'replay-timeout': {
    cause: 'The replica did not replay the position in time.',
    remedy: 'Check the replica lag, wait longer, or check the writer.',
  },
  'recovery-conflict': {
    cause: 'The standby repeatedly cancelled the checks, because they blocked its replay.',
    remedy: 'Raise max_standby_streaming_delay, turn hot_standby_feedback on, or check the writer.',
  },

  // rds-classes
  'instance-class-not-found': {
    exitCode: 2,
    cause: 'The DB instance class does not exist, or is not offered for the engine and region.',
    remedy: 'Choose one of the classes that the hint names.',
  },

  // schema-catalog
  'invalid-manifest': {
    exitCode: 2,
    cause: 'The file is not a schema manifest, or was changed by hand.',
    remedy: 'Take it from the last commit, or write it again from a database that is right.',
  },

  // stack
  'stack-empty': {
    exitCode: 2,
    cause: 'There is no stack to check: the JSON has no resource and no module.',
    remedy: 'Pass the content of cdk.tf.json, which synthesizing the stack writes.',
  },

  // stack, aws, infra
  'plan-unreadable': {
    exitCode: 2,
    cause: 'The input is not the JSON of a Terraform plan, or the plan has errors.',
    remedy:
      'Create it with: terraform plan -out=FILE, then terraform show -json FILE. Correct what plan reports.',
  },
  'prices-unavailable': {
    cause: "AWS's price list did not answer, or has nothing for the region.",
    remedy: 'Check the name of the region, and that the credentials allow pricing:GetProducts.',
  },
  'database-secret-unreadable': {
    cause: "The secret with a database's user and password cannot be read.",
    remedy: 'Allow secretsmanager:GetSecretValue, and kms:Decrypt with its key.',
  },
  'snapshot-refused': {
    cause: 'RDS cannot take a snapshot of the database now.',
    remedy: 'Wait until the database is available, then try again.',
  },
  'snapshot-failed': {
    cause: 'A snapshot was started and did not become available.',
    remedy: 'Look at the events of the database in the RDS console.',
  },
  'stack-not-found': {
    cause: 'The folder has no synthesized stack.',
    remedy: 'Synthesize it first.',
  },
  'terraform-not-found': {
    cause: 'There is no terraform on the PATH.',
    remedy: 'Install Terraform 1.11 or later.',
  },
  'terraform-init-failed': {
    cause: 'terraform init failed.',
    remedy: 'Fix the errors that the message shows, then try again.',
  },
  'terraform-plan-failed': {
    cause: 'terraform plan failed.',
    remedy: 'Fix the errors that the message shows, then try again.',
  },
  'terraform-apply-failed': {
    cause: 'terraform apply failed; what it created is in the state.',
    remedy: 'Fix what the message names; a new plan and apply continue from there.',
  },
  'terraform-show-failed': {
    cause: 'terraform show failed.',
    remedy: 'Fix the errors that the message shows, then try again.',
  },

  // alarms
  'log-group-required': {
    exitCode: 2,
    cause: 'An alarm counts log lines, and no log group was named.',
    remedy: 'Pass logGroupName, or derive the definitions without logExports.',
  },
  'monitoring-refused': {
    cause: 'The server refuses to be monitored in this database or with this role.',
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
    cause: 'The cursor does not belong to this list in this order.',
    remedy: 'Start with the first page, without a cursor.',
  },
  'invalid-lsn': {
    exitCode: 2,
    cause: 'The position to wait for is not a position in the write-ahead log.',
    remedy: 'Pass the position that a write returned, such as 0/3A1B2C8.',
  },
  'transaction-open': {
    cause: 'An operation that must not be part of a transaction was called inside one.',
    remedy: 'Call it outside the transaction.',
  },
  'idempotency-conflict': {
    cause: 'The idempotency key was used for a different request.',
    remedy: 'Use a new key for a new request, and the same key only to repeat a request.',
  },
  'outcome-unknown': {
    cause: 'The connection was lost at the commit: the operation may have been done or not.',
    remedy: 'Check whether it was done before you do it again, or repeat it with the same idempotency key.',
  },
  'database-busy': {
    cause: 'Other transactions conflicted with every attempt; nothing was done.',
    remedy: 'Try again later.',
  },
  'database-unavailable': {
    cause: 'The database could not be reached at any attempt; nothing was done.',
    remedy: 'Try again when it is available.',
  },
  'event-not-set-aside': {
    cause: 'No event with this id is set aside.',
    remedy: 'Choose one of those that listSetAsideEvents() returns.',
  },
  'provisioning-failed': {
    cause: "The shop's roles could not be created.",
    remedy: 'Connect as a superuser, or as a role with CREATEROLE and CREATEDB that owns the database.',
  },
  'role-too-powerful': {
    cause: 'A role of the shop has more rights than the shop gives it.',
    remedy: 'Revoke SUPERUSER, CREATEROLE, CREATEDB, REPLICATION and BYPASSRLS from it, or drop it.',
  },
  'invalid-password': {
    exitCode: 2,
    cause: 'The password of a role is empty, or has characters other than printable ASCII.',
    remedy: 'Generate one, for instance with: openssl rand -base64 24',
  },

  // entities: catalog
  'attribute-exists': {
    cause: 'An attribute with this code already exists.',
    remedy: 'Use it, or choose another code.',
  },
  'attribute-not-found': {
    cause: 'Not all of the codes are attributes of the catalog.',
    remedy: 'Create them with createAttribute first.',
  },
  'invalid-attribute-value': {
    exitCode: 2,
    cause: 'A value does not have the type of its attribute.',
    remedy: 'Pass a string, a number or a boolean, as the attribute requires.',
  },
  'category-exists': {
    cause: 'The parent already has a category with this slug.',
    remedy: 'Choose another slug or another parent.',
  },
  'category-not-found': {
    cause: 'No category has this id.',
    remedy: 'Check the id.',
  },
  'category-cycle': {
    cause: 'A category cannot be moved below itself.',
    remedy: 'Choose a parent that is not below it.',
  },
  'category-in-use': {
    cause: 'A category with products, with others below it, or that a promotion names cannot be deleted.',
    remedy:
      'Put its products into another one, and move or delete what is below it. One that a promotion names stays.',
  },
  'currency-not-found': {
    cause: 'The shop does not have this currency.',
    remedy: 'Choose a currency from the table currency.',
  },
  'tax-class-without-rate': {
    cause: 'The country has tax rates, but none for the tax class of a variant.',
    remedy: 'Set one with setTaxRate, 0 where nothing is charged, and load the rates again.',
  },
  'tax-rate-not-found': {
    cause: 'There is no such tax rate now or later.',
    remedy: 'Look at loadTaxRates for those that there are.',
  },
  'tax-rate-overlap': {
    cause: 'Another rate of this tax begins while this one is valid.',
    remedy: 'Let this one end (until) where that one begins, or end that one first.',
  },
  'price-list-exists': {
    cause: 'A price list with this code already exists.',
    remedy: 'Use it, or choose another code.',
  },
  'price-list-not-found': {
    cause: 'No price list has this code.',
    remedy: 'Create it with createPriceList first.',
  },
  'price-list-ended': {
    cause: 'The price list has ended.',
    remedy: 'Set the price in a list that has not ended.',
  },
  'price-overlap': {
    cause: 'The variant has another price that begins while this one is valid.',
    remedy: 'Let this one end (until) when the other begins.',
  },
  'product-not-found': {
    cause: 'There is no such product, or it is no longer offered.',
    remedy: 'Check the id or the slug.',
  },
  'product-changed': {
    cause: 'Somebody else has changed the product since it was read; nothing was done.',
    remedy: 'Read it again, and decide anew.',
  },
  'product-not-sellable': {
    cause: 'An active product would have no variant, or one without a current base price.',
    remedy: 'Give it variants with prices first, or leave it a draft.',
  },
  'handle-taken': {
    cause: 'Another product has this handle.',
    remedy: 'Choose another handle, or delete the other product.',
  },
  'option-exists': {
    cause: 'The product already has an option with this name.',
    remedy: 'Choose another name.',
  },
  'option-not-found': {
    cause: 'The product has no option with this name.',
    remedy: 'Read the product again.',
  },
  'option-mismatch': {
    exitCode: 2,
    cause: 'A variant would not have one value for each option of its product.',
    remedy: 'Give a value for each option, and for no other.',
  },
  'variant-not-found': {
    cause: 'There is no such variant, or it was deleted.',
    remedy: 'Check the id.',
  },
  'variant-changed': {
    cause: 'Somebody else has changed the variant since it was read; nothing was done.',
    remedy: 'Read it again, and decide anew.',
  },
  'variant-exists': {
    cause: 'Two variants of the product would have the same options.',
    remedy: 'Delete one of them, or give them different values.',
  },
  'sku-taken': {
    cause: 'Another variant has this SKU.',
    remedy: 'Choose another SKU, or delete the other variant.',
  },
  'media-exists': {
    cause: 'The product already has media with this address.',
    remedy: 'Change it with updateMedia.',
  },
  'media-not-found': {
    cause: 'The product has no such media, or others than those that were named.',
    remedy: 'Read the product again.',
  },

  // entities: import of a catalog
  'invalid-catalog': {
    exitCode: 2,
    cause: "The file is not a product export in Shopify's format, or has faults; nothing was imported.",
    remedy: 'Correct the cells that the message names, or leave out their products with skipInvalid.',
  },
  'catalog-unreadable': {
    exitCode: 2,
    cause: 'The catalog file cannot be read.',
    remedy: 'Check its name and its permissions.',
  },
  'catalog-conflict': {
    exitCode: 2,
    cause: 'Variants in the file have the SKU or options of variants of the shop that the file lacks.',
    remedy: 'Change or delete the variants of the shop, or add them to the file.',
  },
  'catalog-tables-not-found': {
    cause: "The database does not have the shop's tables.",
    remedy: 'Migrate it first.',
  },
  'catalog-busy': {
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
    cause: 'The account is locked after too many wrong passwords.',
    remedy: 'Wait, or reset the password.',
  },
  'address-not-found': {
    cause: 'The customer has no such address.',
    remedy: 'Check the ids of the address and the customer.',
  },
  'customer-not-found': {
    cause: 'There is no such customer, or they were erased.',
    remedy: 'Check the id.',
  },
  'email-taken': {
    cause: 'A customer with this e-mail address already exists.',
    remedy: 'Log in, or reset the password.',
  },
  'identity-not-found': {
    cause: 'No customer logs in with this identity at the provider.',
    remedy: 'Register with it, or log in with a password and link it.',
  },
  'identity-taken': {
    cause: 'Another customer logs in with this identity at the provider.',
    remedy: 'Log in as that customer.',
  },
  'provider-linked': {
    cause: 'The customer has another identity at the provider.',
    remedy: 'Unlink it first.',
  },
  'last-credential': {
    cause: 'The customer could not log in without this identity.',
    remedy: 'Set a password first: requestPasswordReset.',
  },
  'invalid-credentials': {
    exitCode: 2,
    cause: 'The e-mail address or the password is wrong.',
    remedy: 'Try again, or reset the password.',
  },
  'invalid-token': {
    exitCode: 2,
    cause: 'The token was used, has expired, or never existed.',
    remedy: 'Ask for a new one.',
  },

  // entities: carts
  'cart-empty': {
    cause: 'The cart has no lines.',
    remedy: 'Add something to it.',
  },
  'cart-not-open': {
    cause: 'There is no such cart, or it was ordered or merged, or has expired.',
    remedy: 'Open a new one.',
  },
  'metadata-too-large': {
    cause: 'All metadata of one row together, with what is added, is too large.',
    remedy: 'Remove keys that are no longer needed: set them to null.',
  },
  'cart-line-not-found': {
    cause: 'The cart has no line with the variant.',
    remedy: 'Add the variant to the cart.',
  },
  'guest-cart-required': {
    cause: 'The cart to merge belongs to a customer.',
    remedy: 'Merge only carts of guests.',
  },
  'variant-not-for-sale': {
    cause: 'The variant has no price now, or is not offered.',
    remedy: 'Choose another variant, or give it a price.',
  },
  'quantity-too-large': {
    cause: 'A line of a cart would exceed the largest quantity.',
    remedy: 'Reduce the quantity.',
  },
  'quote-changed': {
    cause: 'The cart has other goods, prices or charges than the quote, for the same total.',
    remedy: 'Show the new quote; if the buyer agrees, check out with its fingerprint.',
  },
  'total-changed': {
    cause: 'The cart no longer costs what the buyer agreed to: it, a promotion, a fee or a tax has changed.',
    remedy: 'Show the new quote, which the error has; if the buyer agrees, check out with its total.',
  },
  'number-too-large': {
    cause: 'A sum, of units or of an amount, would be larger than the database holds; nothing was done.',
    remedy: 'Use smaller quantities or amounts.',
  },
  'price-changed': {
    cause: 'Prices have changed since the cart was shown.',
    remedy: 'Show the cart again, and let the customer confirm.',
  },
  'coupon-exists': {
    cause: 'There is a coupon, or an automatic promotion, with this code.',
    remedy: 'Choose another code.',
  },
  'promotion-automatic': {
    cause: 'An automatic promotion needs no coupons.',
    remedy: 'Create another promotion for them.',
  },
  'promotion-ended': {
    cause: 'The promotion has ended.',
    remedy: 'Create another one: this one stays for the orders that have used it.',
  },
  'promotion-not-found': {
    cause: 'There is no such promotion.',
    remedy: 'Look at listPromotions for those that there are.',
  },
  'coupon-refused': {
    cause: 'The coupon does not apply to the cart.',
    remedy: 'Show the cart without the coupon, and let the customer confirm.',
  },

  // entities: stock, orders and shipments
  'stock-not-found': {
    cause: 'A stock location or a variant for which goods arrive does not exist.',
    remedy: 'Create locations and variants before goods arrive for them.',
  },
  'stock-reserved': {
    cause: 'Fewer units would be there than are reserved, back orders aside.',
    remedy: 'Move or cancel holds first, or allow more back orders.',
  },
  'location-exists': {
    cause: 'A stock location with this code already exists.',
    remedy: 'Use it, or choose another code.',
  },
  'location-not-found': {
    cause: 'There is no such stock location, or it is not active.',
    remedy: 'Check the id, or activate it with updateLocation.',
  },
  'location-in-use': {
    cause: 'Units are reserved at the stock location.',
    remedy: 'Move its holds with moveHold, or ship or cancel their orders.',
  },
  'hold-not-found': {
    cause: 'There is no such hold, or none that is still held.',
    remedy: 'Read the order again: it may have been shipped or cancelled.',
  },
  'out-of-stock': {
    cause: 'There is not enough stock.',
    remedy: 'Reduce the quantities.',
  },
  'order-not-found': {
    cause: 'No order has this id.',
    remedy: 'Check the id.',
  },
  'order-not-open': {
    cause: 'The status of the order does not allow this.',
    remedy: 'Ship only confirmed orders; cancel an unpaid order as a whole; return what was shipped.',
  },
  'order-not-charged': {
    cause: 'The order was never confirmed: nothing was charged that could be refunded.',
    remedy: 'Cancel the order.',
  },
  'nothing-to-refund': {
    cause: 'A refund names neither units nor shipping that was charged and not credited.',
    remedy: 'Name units of lines, or a part of the shipping.',
  },
  'return-not-found': {
    cause: 'No return has the id that was given.',
    remedy: 'Take the id from the result of requestReturn.',
  },
  'order-not-covered': {
    cause: 'The payments of the order do not cover its total.',
    remedy: 'Authorize a payment for the rest.',
  },
  'nothing-to-edit': {
    cause: 'An edit of an order would change nothing.',
    remedy: 'Name a variant to add, another quantity of a line, or another address.',
  },
  'order-left-empty': {
    cause: 'After an edit nothing of the order would be left to ship.',
    remedy: 'Cancel the order instead.',
  },
  'destination-changed': {
    cause: 'The new address of an order is in another country or region, which has other taxes.',
    remedy: 'Cancel the order, and order again with the new address.',
  },
  'order-not-cancelled': {
    cause: "An order's money can be returned only when the order is cancelled.",
    remedy: 'Cancel the order first, or refund part of a payment.',
  },
  'illegal-transition': {
    cause: 'The status cannot change in this way.',
    remedy: 'Read the status again: somebody else may have changed it.',
  },
  'shipment-not-found': {
    cause: 'No shipment has this id.',
    remedy: 'Check the id.',
  },
  'nothing-to-ship': {
    cause: 'Nothing of the order can be shipped now.',
    remedy: 'Receive stock for what is waiting; the rest was shipped or cancelled.',
  },
  'quantity-exceeded': {
    cause: 'More units were to be shipped, cancelled or returned than are left.',
    remedy: 'Read the order again, and reduce the quantities.',
  },

  // entities: payments
  'payment-not-found': {
    cause: 'No payment has this id.',
    remedy: 'Check the id.',
  },
  'payment-provider-mismatch': {
    cause: 'The payment was made with another provider.',
    remedy: 'Use the provider that the hint names.',
  },
  'payment-declined': {
    cause: 'The provider refused the payment.',
    remedy: 'Try another payment method, with a new key.',
  },
  'payment-outcome-unknown': {
    cause: 'The provider did not answer: the transaction may have taken place or not.',
    remedy: 'Repeat it with the same key: nothing is charged twice.',
  },
  'payment-answer-unreadable': {
    cause: "The answer of the provider's adapter cannot be recorded.",
    remedy: 'Correct the adapter, then repeat the request with the same key: nothing is charged twice.',
  },
  'payment-feature-unsupported': {
    cause: 'The provider of the payment cannot do this.',
    remedy: 'Capture once, or take another payment, as the hint says.',
  },
  'payment-outcome-conflict': {
    cause: 'The provider reports a different outcome than before.',
    remedy: "Compare with the provider's dashboard, and correct it there.",
  },
  'webhook-signature-mismatch': {
    cause: 'The signature of a webhook is not that of its body.',
    remedy:
      "Answer it with 400. If the provider sent it, check the adapter's secret and give it the raw body.",
  },
  'payment-currency-mismatch': {
    cause: 'The provider reports an amount in another currency than that of the payment.',
    remedy: "Have the adapter report amounts in the payment's currency.",
  },
  'transaction-not-found': {
    cause: 'No transaction of the provider has this key.',
    remedy: "Look for it in the provider's dashboard: it was not started here.",
  },
  'amount-exceeds-due': {
    cause: 'The amount is more than what is due for the order.',
    remedy: 'Reduce the amount, or wait for the outcome of what is in progress.',
  },
  'amount-exceeds-charged': {
    cause: 'More shipping is refunded than was charged and not credited.',
    remedy: 'Propose the refund again, and reduce the amount.',
  },
  'amount-exceeds-authorized': {
    cause: 'The amount is more than what is authorized and not yet captured.',
    remedy: 'Reduce the amount, or wait for the outcome of what is in progress.',
  },
  'amount-exceeds-captured': {
    cause: 'The amount is more than what is captured and not yet refunded.',
    remedy: 'Reduce the amount, or wait for the outcome of what is in progress.',
  },

  // deploy
  'config-unreadable': {
    exitCode: 2,
    cause: 'dms.config.ts cannot be loaded.',
    remedy: 'Correct what the message says.',
  },
  'environment-not-found': {
    exitCode: 2,
    cause: 'dms.config.ts has no environment with this name.',
    remedy: 'Choose one of those that the hint names.',
  },
  'worker-not-started': {
    cause: 'The worker beside the local database ended as it began, or did not take part in time.',
    remedy: 'Read the end of its log in the message; run the worker in the foreground.',
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
    cause: 'The local database is not running.',
    remedy: "Start it with 'dms up'.",
  },
  'local-database-moved': {
    cause: 'The folder of the local database was renamed while its servers ran.',
    remedy: "Run 'dms up', which restarts them; no commit is lost.",
  },
  'database-url-required': {
    exitCode: 2,
    cause: 'DATABASE_URL is not set, and no stack is known to be applied on AWS.',
    remedy: "Set it to the writer's URL as shop_migrator, or run 'dms apply' from here.",
  },
  'administrator-url-required': {
    exitCode: 2,
    cause: 'DATABASE_ADMIN_URL is not set, and no stack is known to be applied on AWS.',
    remedy: "Set it to the writer's URL as the administrator, or run 'dms apply' from here.",
  },
  'credentials-unreadable': {
    cause: 'The file with the passwords of the local roles cannot be read.',
    remedy: "Delete it; the next 'dms up' sets new passwords.",
  },
  'state-unreadable': {
    cause: 'The file with the state of the run cannot be used.',
    remedy: 'Delete it: the stages that need it say which stage to run first.',
  },
  'not-confirmed': {
    exitCode: 2,
    cause: 'A command that destroys something was not confirmed; nothing was done.',
    remedy: 'Type the name that is asked for, or confirm with the flag that the hint names.',
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
    cause: 'Some checks could not be evaluated.',
    remedy: "Run 'dms validate': it shows which, and why.",
  },
  'diagram-outdated': {
    exitCode: 3,
    cause: 'The diagrams in docs/diagrams do not match the entities and settings.',
    remedy: "Write them again with 'dms diagram'.",
  },
  'drill-findings': {
    exitCode: 3,
    cause: 'A drill found things lost or wrong.',
    remedy: 'Look at the list: each is a fault of the shop or of the cluster.',
  },
  'standby-not-rejoined': {
    cause: 'After a failover the old writer has not become a standby.',
    remedy: "Run 'dms up', which makes it one.",
  },
  'budget-exceeded': {
    exitCode: 3,
    cause: "A month may cost more than the environment's budget.",
    remedy: "Choose a smaller component ('dms cost' shows them), or raise aws.monthlyBudgetUsd.",
  },
  'budget-undecided': {
    exitCode: 3,
    cause: 'Whether the budget is kept cannot be decided, because something has no price.',
    remedy: 'Supply the prices that the hint names.',
  },
  'invalid-prices': {
    exitCode: 2,
    cause: 'The price file has faults.',
    remedy: "Fix it, or delete it and run 'dms prices refresh'.",
  },
  'plan-not-found': {
    cause: 'There is no plan to apply.',
    remedy: "Create one with 'dms plan'.",
  },
  'plan-outdated': {
    cause: 'The stack or the plan file has changed since the plan was made.',
    remedy: "Make a new one with 'dms plan', and review it.",
  },
  'plan-destructive': {
    exitCode: 3,
    cause: 'The plan has changes that cannot be undone.',
    remedy: 'If you intend each of them, plan again with the flags that the hint names.',
  },
  'bootstrap-destructive': {
    exitCode: 3,
    cause: 'The bootstrap would delete what others rely on.',
    remedy: 'Give the same flags as in the earlier bootstrap.',
  },
  'deletion-protected': {
    cause: 'A database is protected against deletion; nothing was destroyed.',
    remedy: "If the data is to be deleted: 'dms destroy' with --remove-deletion-protection.",
  },
  'release-refused': {
    cause: 'Removing the deletion protection would change more than that.',
    remedy: "Bring the stack up to date with 'dms apply' first, then destroy it.",
  },
  'teardown-not-proven': {
    cause: 'The stack is destroyed, and something billable is left, or could not be looked for.',
    remedy: 'Fix what the message names, then try again: that proves the rest.',
  },
} satisfies Record<string, Omit<ErrorDescription, 'exitCode'> & { exitCode?: 2 | 3 }>;

/** The code of a `UserError`. */
export type ErrorCode = keyof typeof descriptions;

/**
 * Every code of a `UserError`: stable names for programs. `docs/reference/errors.md` is written from this list, and says
 * how a code gets its name.
 */
export const errorCodes = Object.fromEntries(
  Object.entries(descriptions).map(([code, description]) => [code, { exitCode: 1, ...description }]),
) as Record<ErrorCode, ErrorDescription>;
