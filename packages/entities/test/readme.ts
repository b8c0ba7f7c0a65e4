import type { EntityManager } from '@mikro-orm/postgresql';
import type { CheckoutOperations, CheckoutRequest, PaymentProvider } from '../src/index.ts';

// What the examples of README and reference take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const em: EntityManager;
export declare const migratorEm: EntityManager;
export declare const cartId: string;
export declare const guestCartId: string;
export declare const customerId: string;
export declare const lineId: string;
export declare const locationId: string;
export declare const orderId: string;
export declare const otherOrderId: string;
export declare const productId: string;
export declare const variantId: string;
export declare const shirts: { id: string };
export declare const idempotencyKey: string;
export declare const request: CheckoutRequest;
export declare const checkout: CheckoutOperations['checkout'];
export declare const lsn: string;
export declare const signal: AbortSignal;
export declare const provider: PaymentProvider;
export declare const queue: { send(message: object, options: { signal: AbortSignal }): Promise<void> };
export declare const payments: PaymentProvider;
export declare const cookie: string | undefined;
