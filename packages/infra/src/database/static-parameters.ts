/**
 * Parameters that take effect at a restart of the server: those with `pg_settings.context = 'postmaster'` in
 * PostgreSQL 15 to 18 that name no file, and RDS's own. RDS refuses `immediate` for them.
 */
export const staticParameters: ReadonlySet<string> = new Set(
  `
  archive_mode autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age
  autovacuum_worker_slots commit_timestamp_buffers hot_standby huge_page_size huge_pages io_max_combine_limit
  io_max_concurrency io_method jit_provider logging_collector max_active_replication_origins max_connections
  max_files_per_process max_locks_per_transaction max_logical_replication_workers max_notify_queue_pages
  max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_wal_senders
  max_worker_processes min_dynamic_shared_memory multixact_member_buffers multixact_offset_buffers notify_buffers
  pg_stat_statements.max port rds.logical_replication reserved_connections serializable_buffers shared_buffers
  shared_memory_type shared_preload_libraries subtransaction_buffers superuser_reserved_connections
  track_activity_query_size track_commit_timestamp transaction_buffers wal_buffers wal_decode_buffer_size
  wal_level wal_log_hints
  `
    .trim()
    .split(/\s+/),
);
