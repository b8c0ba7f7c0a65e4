import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { bool, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { email, type JsonObject, line, metadata } from '../../bounds.ts';
import { mergedMetadata, metadataOf, withMetadataLimit } from '../../runtime/metadata.ts';
import { parseInput } from '../../parse-input.ts';
import { emailTaken } from './email-taken.ts';
import { lockCustomer } from './lock-customer.ts';

const profile = z.strictObject({
  customerId: z.uuid(),
  email: email.optional(),
  firstName: line.nullable().optional(),
  lastName: line.nullable().optional(),
  phone: line.nullable().optional(),
  acceptsMarketing: z.boolean().optional(),
  metadata: metadata.optional(),
});

/** The changes of a profile: null removes a value, or a key of `metadata`; what is left out stays. */
export type ProfileUpdate = z.infer<typeof profile>;

/** A customer, as they see themselves. */
export interface Profile {
  id: string;
  email: string;
  /** Whether they proved that the address is theirs. */
  emailVerified: boolean;
  firstName: string | null;
  lastName: string | null;
  phone: string | null;
  acceptsMarketing: boolean;
  metadata: JsonObject;
}

/**
 * Changes a customer's profile. A new e-mail address is unverified, and ends the tokens that were sent to the old
 * one, unless only its case changes.
 *
 * @throws UserError `invalid-input`, `customer-not-found`, `email-taken`, `metadata-too-large`
 */
export async function updateProfile(em: EntityManager, input: ProfileUpdate): Promise<Profile> {
  const { customerId, ...changes } = parseInput(profile, input);
  try {
    return await withMetadataLimit(() =>
      withoutRowDetails(() =>
        em.transactional(async (em) => {
          await lockCustomer(em, customerId);
          return onlyRow(await changeProfile(em, { customerId, changes }));
        }),
      ),
    );
  } catch (error) {
    if (violatedConstraint(error) === 'customer_email_unique') throw emailTaken(error);
    throw error;
  }
}

// jsonb_exists is the operator `?` as a function: it distinguishes what is left out from null.
const changeProfile = statement({
  params: { customerId: uuid, changes: jsonb() },
  row: {
    id: uuid,
    email: text,
    emailVerified: bool,
    firstName: nullable(text),
    lastName: nullable(text),
    phone: nullable(text),
    acceptsMarketing: bool,
    metadata: jsonb<JsonObject>(),
  },
  sql: `with input as (select * from (values (:changes::jsonb)) as v (j)),
    changed as (
      select case when jsonb_exists(j, 'email') then j ->> 'email' else c.email end as email,
        case when jsonb_exists(j, 'firstName') then j ->> 'firstName' else first_name end as first_name,
        case when jsonb_exists(j, 'lastName') then j ->> 'lastName' else last_name end as last_name,
        case when jsonb_exists(j, 'phone') then j ->> 'phone' else phone end as phone,
        coalesce((j ->> 'acceptsMarketing')::boolean, accepts_marketing) as accepts_marketing,
        case when jsonb_exists(j, 'metadata') then ${mergedMetadata('metadata', `(j -> 'metadata')`)} else metadata end
          as metadata,
        jsonb_exists(j, 'email') and lower(j ->> 'email') <> lower(c.email) as moved
      from customer c, input where c.id = :customerId),
    ended as (
      delete from customer_token
      where customer_id = :customerId and purpose <> 'session' and (select moved from changed))
    update customer c
    set email = changed.email, first_name = changed.first_name, last_name = changed.last_name, phone = changed.phone,
      accepts_marketing = changed.accepts_marketing, metadata = changed.metadata,
      email_verified_at = case when moved then null else email_verified_at end
    from changed where c.id = :customerId
    returning c.id, changed.email, c.email_verified_at is not null as "emailVerified", c.first_name as "firstName",
      c.last_name as "lastName", c.phone, c.accepts_marketing as "acceptsMarketing",
      ${metadataOf('c.metadata')} as metadata`,
});
