import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id, timestamp } from '../columns.ts';
import { notErasedTrigger } from '../triggers.ts';
import { Customer } from './customer.ts';

const CustomerTokenSchema = defineEntity({
  name: 'CustomerToken',
  tableName: 'customer_token',
  properties: {
    id,
    tokenHash: p
      .blob()
      .hidden()
      .lazy()
      .unique('customer_token_token_hash_unique')
      .comment('SHA-256 of 32 random bytes that only their bearer has.'),
    customer: () => p.manyToOne(Customer).deleteRule('cascade'),
    purpose: p.enum(['session', 'password_reset', 'email_verification']).columnType('text'),
    expiresAt: timestamp(),
    createdAt,
  },
  indexes: [
    { name: 'customer_token_customer_id_index', properties: ['customer', 'purpose'] },
    { name: 'customer_token_expires_at_index', properties: ['expiresAt'] },
  ],
  checks: [
    { name: 'customer_token_token_hash_check', expression: 'octet_length(token_hash) = 32' },
    { name: 'customer_token_expires_at_check', expression: 'expires_at > created_at' },
  ],
  triggers: [notErasedTrigger('customer_token')],
});

/** A session, or a token that works once and was sent to the customer by e-mail. */
export class CustomerToken extends CustomerTokenSchema.class {}
CustomerTokenSchema.setClass(CustomerToken);
