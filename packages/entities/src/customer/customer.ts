import { defineEntity, p } from '@mikro-orm/core';
import { jsonLimits, maxLength } from '../bounds.ts';
import { emailRule, lengthCheck, objectCheck } from '../length-check.ts';
import { countryCode, createdAt, id, metadata, timestamp, updatedAt } from '../columns.ts';
import { notErasedTrigger, updatedAtTrigger } from '../triggers.ts';
import { addressLengths, customerErasedRule } from './personal-columns.ts';

const CustomerSchema = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    id,
    /** Unique regardless of case; null once erased. */
    email: p.text().nullable(),
    firstName: p.text().nullable(),
    lastName: p.text().nullable(),
    phone: p.text().nullable(),
    acceptsMarketing: p.boolean().default(false),
    erasedAt: timestamp().nullable(),
    emailVerifiedAt: timestamp()
      .nullable()
      .comment('When they proved that email is theirs; null: they did not.'),
    metadata,
    createdAt,
    updatedAt,
  },
  uniques: [
    {
      name: 'customer_email_unique',
      expression: 'create unique index customer_email_unique on customer (lower(email))',
    },
  ],
  checks: [
    objectCheck('customer', 'metadata', jsonLimits.metadata),
    lengthCheck('customer', { first_name: maxLength.line, last_name: maxLength.line, phone: maxLength.line }),
    { name: 'customer_email_check', expression: emailRule },
    { name: 'customer_erased_check', expression: customerErasedRule },
  ],
  triggers: [updatedAtTrigger('customer')],
});

/** A person with an account. The row of an erased customer stays, without personal data. */
export class Customer extends CustomerSchema.class {}
CustomerSchema.setClass(Customer);

const CustomerCredentialSchema = defineEntity({
  name: 'CustomerCredential',
  tableName: 'customer_credential',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).deleteRule('cascade'),
    provider: p.text().default('password'),
    /** The id of the customer at an external provider. */
    subject: p.text().nullable(),
    secretHash: p
      .text()
      .nullable()
      .hidden()
      .lazy()
      .comment('PHC string: algorithm, its parameters, salt and hash. Never a password.'),
    failedAttempts: p.integer().default(0),
    lockedUntil: timestamp().nullable(),
    createdAt,
    updatedAt,
  },
  uniques: [
    { name: 'customer_credential_customer_id_provider_unique', properties: ['customer', 'provider'] },
    { name: 'customer_credential_provider_subject_unique', properties: ['provider', 'subject'] },
  ],
  checks: [
    lengthCheck('customer_credential', {
      provider: maxLength.line,
      subject: maxLength.reference,
      secret_hash: maxLength.line,
    }),
    { name: 'customer_credential_failed_attempts_check', expression: 'failed_attempts >= 0' },
    {
      name: 'customer_credential_provider_check',
      expression: `case provider when 'password' then secret_hash is not null and subject is null else secret_hash is null and subject is not null end`,
    },
  ],
  triggers: [updatedAtTrigger('customer_credential'), notErasedTrigger('customer_credential')],
});

/** How a customer proves who they are: a password, or an identity at another provider. */
export class CustomerCredential extends CustomerCredentialSchema.class {}
CustomerCredentialSchema.setClass(CustomerCredential);

const CustomerAddressSchema = defineEntity({
  name: 'CustomerAddress',
  tableName: 'customer_address',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).deleteRule('cascade').index('customer_address_customer_id_index'),
    fullName: p.text(),
    company: p.text().nullable(),
    line1: p.text(),
    line2: p.text().nullable(),
    city: p.text(),
    region: p.text().nullable(),
    postalCode: p.text().nullable(),
    countryCode,
    phone: p.text().nullable(),
    isDefaultShipping: p.boolean().default(false),
    isDefaultBilling: p.boolean().default(false),
    createdAt,
  },
  uniques: [
    {
      name: 'customer_address_default_shipping_unique',
      properties: ['customer'],
      where: 'is_default_shipping',
    },
    {
      name: 'customer_address_default_billing_unique',
      properties: ['customer'],
      where: 'is_default_billing',
    },
  ],
  checks: [
    lengthCheck('customer_address', addressLengths),
    { name: 'customer_address_country_code_check', expression: `country_code ~ '^[A-Z]{2}$'` },
  ],
  triggers: [notErasedTrigger('customer_address')],
});

/** An entry of a customer's address book. */
export class CustomerAddress extends CustomerAddressSchema.class {}
CustomerAddressSchema.setClass(CustomerAddress);
