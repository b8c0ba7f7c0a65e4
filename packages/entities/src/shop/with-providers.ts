import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { PaymentProvider } from '../payment/operations/payment-provider.ts';
import { text, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';

type PaymentOperation<Input, Result> = (
  em: EntityManager,
  provider: PaymentProvider,
  input: Input,
) => Promise<Result>;

/** Beside the operation's input: the name of the provider; needed where the shop has several. */
export type NamesProvider = { provider?: string };

const selectProvider = statement({
  params: { paymentId: uuid },
  row: { provider: text },
  sql: 'select provider from payment where id = :paymentId',
});

/** How operations get their provider: none has to be passed, and none can be the wrong one. */
export function withProviders(providers: readonly PaymentProvider[]) {
  const names = providers.map(({ name }) => name).join(', ') || 'none';

  function named(name: string | undefined): PaymentProvider {
    const found = name === undefined ? providers : providers.filter((each) => each.name === name);
    const [provider] = found;
    if (provider !== undefined && found.length === 1) return provider;
    throw new UserError('invalid-input', `provider: not the name of one of the shop's providers (${names})`);
  }

  /** Of another provider's payment, and of what names none, the first: the operation refuses it, and says why. */
  async function ofPayment(em: EntityManager, input: unknown): Promise<PaymentProvider> {
    const [first] = providers;
    const asked = z.object({ paymentId: z.uuid() }).safeParse(input);
    if (first === undefined || providers.length === 1 || !asked.success) return named(first?.name);
    const [payment] = await selectProvider(em, asked.data);
    return providers.find(({ name }) => name === payment?.provider) ?? first;
  }

  return {
    /** With the provider that the input names, or the only one. */
    byName:
      <Input extends object, Result>(operation: PaymentOperation<Input, Result>) =>
      async (em: EntityManager, request: Input & NamesProvider): Promise<Result> => {
        const { provider, ...input } = Object(request) as Input & NamesProvider;
        return await operation(em, named(provider), input as unknown as Input);
      },
    /** With the provider that the payment was made with. */
    byPayment:
      <Input extends { paymentId: string }, Result>(operation: PaymentOperation<Input, Result>) =>
      async (em: EntityManager, input: Input): Promise<Result> =>
        await operation(em, await ofPayment(em, input), input),
    /** With each provider, one after another. */
    byEach:
      <Input, Result>(operation: PaymentOperation<Input, Result>) =>
      async (em: EntityManager, input: Input): Promise<Result[]> => {
        const results: Result[] = [];
        for (const provider of providers) results.push(await operation(em, provider, input));
        return results;
      },
    /** With each provider, whatever another does: what the last one leaves open is what is open. */
    byAll:
      <Input, Result extends { pendingMinor: bigint }>(operation: PaymentOperation<Input, Result>) =>
      async (em: EntityManager, input: Input): Promise<Result> => {
        const errors: unknown[] = [];
        let done: Result | undefined;
        let pendingMinor = 0n;
        for (const provider of providers) {
          try {
            done = await operation(em, provider, input);
            pendingMinor += done.pendingMinor;
          } catch (error) {
            errors.push(error);
          }
        }
        if (errors.length > 0) throw errors[0];
        return { ...(done ?? (await operation(em, named(undefined), input))), pendingMinor };
      },
  };
}
