import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { instant, positiveAmountMinor, providerReason, reference, textUpTo } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import type { ProviderAnswer } from './payment-provider.ts';

/** What a provider has done. */
export const succeeded = {
  status: z.literal('succeeded'),
  reference,
  amountMinor: positiveAmountMinor.optional(),
  capturedMinor: positiveAmountMinor.optional(),
  captureReference: reference.optional(),
  expiresAt: instant.optional(),
};

/** That it refused. */
export const failed = { status: z.literal('failed'), reason: providerReason };

const secret = textUpTo(10_000).min(1);

// More than is asked for is left out, since an adapter may hand on what its client gave it.
const answer = z.discriminatedUnion('status', [
  z.object(succeeded),
  z.object(failed),
  z.object({ status: z.literal('pending') }),
  z.object({
    status: z.literal('requires_action'),
    action: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('redirect'), url: secret }),
      z.object({ kind: z.literal('client-secret'), clientSecret: secret }),
    ]),
  }),
]);

/**
 * What an adapter has answered, which may be anything, as far as it can be recorded.
 *
 * @throws UserError `payment-answer-unreadable`
 */
export function parseAnswer(idempotencyKey: string, said: unknown): ProviderAnswer {
  try {
    return parseInput(answer, said);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      'payment-answer-unreadable',
      `The provider's answer to '${idempotencyKey}' cannot be recorded: ${error.message}`,
      {
        hint: 'Correct the adapter of the provider, then repeat the request with the same key: nothing is charged twice.',
        cause: error,
      },
    );
  }
}
