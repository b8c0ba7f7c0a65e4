import type { PaymentProvider } from '../payment/operations/payment-provider.ts';

/**
 * The provider, whose answers are not waited for after `timeoutMs`, nor after the abort: their outcome is unknown then.
 */
export function withTimeLimit(
  provider: PaymentProvider,
  timeoutMs: number,
  ending?: AbortSignal,
): PaymentProvider {
  const limited = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    ending?.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const end = (): void => reject(ending?.reason);
    const timer = setTimeout(
      () => reject(new Error(`The provider ${provider.name} took longer than ${timeoutMs} ms.`)),
      timeoutMs,
    );
    ending?.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([ask(), promise]);
    } finally {
      clearTimeout(timer);
      ending?.removeEventListener('abort', end);
    }
  };
  return {
    name: provider.name,
    submit: (request) => limited(() => provider.submit(request)),
    find: (key) => limited(() => provider.find(key)),
    cancel: (key) => limited(() => provider.cancel(key)),
    parseWebhook: (delivery) => provider.parseWebhook(delivery),
  };
}
