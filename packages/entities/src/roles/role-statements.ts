import { escapeIdentifier, escapeLiteral } from 'pg';
import { type LoginRole, loginRoles, ownerRole } from './role-names.ts';

/** What {@link roleStatements} provisions. */
export interface RoleTarget {
  database: string;
  /** The roles to create. */
  created: readonly string[];
  verifiers: Partial<Record<LoginRole, string>>;
}

/** The statements that provision the roles, for one transaction; they can be run again. */
export function roleStatements({ database, created, verifiers }: RoleTarget): string[] {
  const db = escapeIdentifier(database);
  const logins = loginRoles.join(', ');
  return [
    ...created.map((role) => `create role ${role} ${role === ownerRole ? 'nologin' : 'login'}`),
    ...Object.entries(verifiers).map(
      ([role, verifier]) => `alter role ${role} password ${escapeLiteral(verifier)}`,
    ),
    grantUnlessMember(ownerRole, 'shop_migrator'),
    // For the alarms at deployment. Left out if the administrator may not grant it.
    `do $$ begin
       if not pg_has_role('${ownerRole}', 'pg_monitor', 'MEMBER') then grant pg_monitor to ${ownerRole}; end if;
     exception when insufficient_privilege then null;
     end $$`,
    // Only a superuser can give a database to a role without being a member of it.
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
    // Not pg_database_owner: a database created from this one as a template has another owner.
    `do $$ begin
       if (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'public') <> '${ownerRole}' then
         alter schema public owner to ${ownerRole};
       end if;
     end $$`,
    // Includes temporary tables, which the programs of the shop do not need.
    `revoke all on database ${db} from public`,
    `grant connect on database ${db} to ${logins}`,
    `revoke all on schema public from public`,
    // So that all that a migration creates belongs to the owner.
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

/** Granting again would update the row again, which fails if another session does the same. */
function grantUnlessMember(role: string, member: string): string {
  return `do $$ begin
    if not pg_has_role('${member}', '${role}', 'MEMBER') then grant ${role} to ${member}; end if;
  end $$`;
}
