export { InMemoryPaymentProvider, type ProviderBehaviour } from './in-memory-payment-provider.ts';
