export {
  FakeStripe,
  type FakeStripeOptions,
  startFakeStripe,
  type StripeFault,
} from './fake-stripe/fake-stripe.ts';
export {
  InMemoryPaymentProvider,
  type InMemoryProviderSettings,
  type ProviderBehaviour,
} from './in-memory-payment-provider.ts';
export {
  type ContractCondition,
  type ContractRule,
  paymentProviderContract,
  type ProviderUnderContract,
} from './payment-provider-contract.ts';
