import { jsonForm } from '@ecommerce-dms/entities';
import { z } from '@hono/zod-openapi';
import { body, newApi, route } from '../route.ts';
import * as schemas from '../schemas.ts';

const paymentPath = z.object({ paymentId: schemas.id });
const change = z.strictObject({ amountMinor: schemas.minorInput.optional() });

/** What the shop's people use, in their name. */
export const admin = newApi()
  .openapi(
    route({
      method: 'get',
      path: '/orders',
      summary: 'Orders, the latest first',
      request: { query: z.object({ status: z.string().optional(), after: z.string().optional() }) },
      result: z.object({ orders: z.array(schemas.listedOrder), next: z.string().optional() }),
    }),
    async (context) => {
      // A status that is none is refused by the shop.
      const listing = context.req.valid('query') as { after?: string; status?: 'pending' };
      return context.json(jsonForm(await context.var.session.orders.search(listing)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/payments/{paymentId}/capture',
      summary: 'Take authorized money',
      request: { params: paymentPath, headers: schemas.keyHeader, body: body(change) },
      result: schemas.payment,
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.payments.capture(request)), 200);
    },
  );
