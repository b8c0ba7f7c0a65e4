import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { InMemoryPaymentProvider } from './in-memory-payment-provider.ts';
import { paymentProviderContract, type ProviderUnderContract } from './payment-provider-contract.ts';

function underContract(): ProviderUnderContract {
  const provider = new InMemoryPaymentProvider();
  return {
    provider,
    prepare: (condition) => {
      if (condition !== undefined) provider.behave(condition);
      return 'tok';
    },
    act: async (idempotencyKey, hasPassed) =>
      provider.act(idempotencyKey, hasPassed ? undefined : 'authentication_failed'),
    expire: async () => provider.expireAuthorizations(),
    happens: async (kind, paymentReference, amountMinor) => {
      provider.happens({ kind, paymentReference, amountMinor, reference: randomUUID(), currencyCode: 'EUR' });
    },
    deliveries: () => provider.webhooks,
    totals: () => provider.totals(),
  };
}

test.each(paymentProviderContract)('$name', async ({ holds }) => {
  await expect(holds(underContract())).resolves.toBeUndefined();
});
