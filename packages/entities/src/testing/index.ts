export {
  InMemoryPaymentProvider,
  type InMemoryProviderSettings,
  type ProviderBehaviour,
} from './in-memory-payment-provider.ts';
