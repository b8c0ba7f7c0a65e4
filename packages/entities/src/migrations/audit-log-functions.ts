/** The functions of the audit log, as its migration creates them and as the metadata expects them. */
export const addAuditLogPartitions = {
  comment: 'Adds the monthly partitions (UTC) that are missing, without rights of their own; says how many.',
  body: `declare
  month timestamp := date_trunc('month', first_at at time zone 'UTC');
  partition text;
  added integer := 0;
begin
  while month <= last_at at time zone 'UTC' loop
    partition := 'audit_log_' || to_char(month, 'YYYY_MM');
    if to_regclass('public.' || partition) is null then
      execute format(
        'create table public.%I partition of public.audit_log for values from (%L) to (%L)',
        partition, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      execute format('revoke all on public.%I from shop_app, shop_readonly', partition);
      execute format('create trigger no_truncate before truncate on public.%I execute function refuse_change()',
        partition);
      added := added + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return added;
end`,
};

export const rotateAuditLog = {
  comment:
    'Adds partitions ahead and drops the ones older than keep_months; returns the dropped names. Run it monthly.',
  body: `declare
  this_month timestamp := date_trunc('month', now() at time zone 'UTC');
  partition text;
begin
  if keep_months < 1 or ahead_months < 1 then
    raise exception 'rotate_audit_log: keep_months and ahead_months are at least 1'
      using errcode = 'invalid_parameter_value';
  end if;
  perform add_audit_log_partitions(now(), now() + make_interval(months => ahead_months));
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_log'::regclass
      and c.relname < 'audit_log_' || to_char(this_month - make_interval(months => keep_months), 'YYYY_MM')
    order by 1
  loop
    execute format('alter table public.audit_log detach partition public.%I', partition);
    execute format('drop table public.%I', partition);
    return next partition;
  end loop;
end`,
};
