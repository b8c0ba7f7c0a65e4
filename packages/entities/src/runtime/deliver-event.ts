import { maxLength, storable } from '../bounds.ts';
import type { RelayedEvent } from './relayed-event.ts';

/**
 * Publishes an event: to a queue, a webhook, a search index... If it rejects, the event is tried again.
 *
 * `signal` aborts when the time for this event is over, or the relay ends: pass it to what the handler waits for. A
 * handler that ignores it may still be running when the event, or the next one of its aggregate, is delivered.
 */
export type EventHandler = (event: RelayedEvent, context: { signal: AbortSignal }) => Promise<void>;

/** How a delivery ended. */
export type Delivery = { event: RelayedEvent } & (
  | { result: 'published' }
  | { result: 'failed'; error: string }
  /** It failed after the relay was stopped, which says nothing about the event. */
  | { result: 'cancelled' }
);

/** Passes an event to the handler, for at most `timeoutMs`. Never rejects. */
export async function deliverEvent(
  event: RelayedEvent,
  { handler, timeoutMs, ending }: { handler: EventHandler; timeoutMs: number; ending: AbortSignal },
): Promise<Delivery> {
  const controller = new AbortController();
  const cancel = (): void => controller.abort(ending.reason);
  ending.addEventListener('abort', cancel, { once: true });
  if (ending.aborted) cancel();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`The handler took longer than ${timeoutMs} ms.`);
      // Before the abort, which a handler can answer with an error of its own.
      reject(error);
      controller.abort(error);
    }, timeoutMs);
  });
  try {
    await Promise.race([call(handler, event, controller.signal), timeout]);
    return { event, result: 'published' };
  } catch (error) {
    return ending.aborted
      ? { event, result: 'cancelled' }
      : { event, result: 'failed', error: errorText(error) };
  } finally {
    clearTimeout(timer);
    ending.removeEventListener('abort', cancel);
  }
}

// Async: what a handler throws before its first await is a rejection, too.
async function call(handler: EventHandler, event: RelayedEvent, signal: AbortSignal): Promise<void> {
  await handler(event, { signal });
}

/** The text of an error, as the column takes it. */
function errorText(error: unknown): string {
  return storable(textOf(error), maxLength.error);
}

/** Anything can be thrown, and a message need not be a string. */
function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'The handler threw a value that has no text.';
  }
}
