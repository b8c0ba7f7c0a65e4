import { escapeIdentifier, escapeLiteral } from 'pg';
import { type LoginRole, loginRoles, ownerRole } from './role-names.ts';

/** What the statements depend on. */
export interface RoleTarget {
  database: string;
  /** The roles that do not exist yet. */
  created: readonly string[];
  verifiers: Partial<Record<LoginRole, string>>;
}

/** The statements of one transaction that provision the roles; each may be run again. */
export function roleStatements({ database, created, verifiers }: RoleTarget): string[] {
  const db = escapeIdentifier(database);
  const logins = loginRoles.join(', ');
  return [
    ...created.map((role) => `create role ${role} ${role === ownerRole ? 'nologin' : 'login'}`),
    ...Object.entries(verifiers).map(
      ([role, verifier]) => `alter role ${role} password ${escapeLiteral(verifier)}`,
    ),
    grantUnlessMember(ownerRole, 'shop_migrator'),
    // Whoever deploys looks at the alarms, too. An administrator who may not grant it leaves it out.
    `do $$ begin
       if not pg_has_role('${ownerRole}', 'pg_monitor', 'MEMBER') then grant pg_monitor to ${ownerRole}; end if;
     exception when insufficient_privilege then null;
     end $$`,
    // An administrator who is not a superuser hands the database over only to a role that they are a member of.
    `do $$ begin
       if not (select rolsuper from pg_roles where rolname = current_user)
          and not pg_has_role(current_user, '${ownerRole}', 'USAGE') then
         grant ${ownerRole} to current_user;
       end if;
     end $$`,
    `do $$ begin
       if (select pg_get_userbyid(datdba) from pg_database where datname = current_database()) <> '${ownerRole}' then
         alter database ${db} owner to ${ownerRole};
       end if;
     end $$`,
    // Not left to pg_database_owner: a database that is made from this one as a template has another owner.
    `do $$ begin
       if (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'public') <> '${ownerRole}' then
         alter schema public owner to ${ownerRole};
       end if;
     end $$`,
    // Also temporary tables: the shop's programs need none.
    `revoke all on database ${db} from public`,
    `grant connect on database ${db} to ${logins}`,
    `revoke all on schema public from public`,
    // So that whatever a migration creates belongs to the owner, whoever runs it.
    `alter role shop_migrator in database ${db} set role = ${ownerRole}`,
    `alter role shop_app in database ${db} set idle_in_transaction_session_timeout = '60s'`,
    `alter role shop_readonly in database ${db} set default_transaction_read_only = on`,
    // On RDS. A role that has rds_iam can no longer use a password.
    ...loginRoles
      .filter((role) => verifiers[role] === undefined)
      .map(
        (role) => `do $$ begin
           if to_regrole('rds_iam') is not null and not pg_has_role('${role}', 'rds_iam', 'MEMBER') then
             grant rds_iam to ${role};
           end if;
         end $$`,
      ),
  ];
}

/** Granting again would write the row again, which fails beside another session that does the same. */
function grantUnlessMember(role: string, member: string): string {
  return `do $$ begin
    if not pg_has_role('${member}', '${role}', 'MEMBER') then grant ${role} to ${member}; end if;
  end $$`;
}
