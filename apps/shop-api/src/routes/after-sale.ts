import { jsonForm } from '@ecommerce-dms/entities';
import { z } from '@hono/zod-openapi';
import { body, newApi, route } from '../route.ts';
import * as schemas from '../schemas.ts';

const orderPath = z.object({ orderId: schemas.id });
const returnPath = z.object({ returnId: schemas.id });
const refundParts = z.strictObject({
  lines: schemas.lines.optional(),
  shipping: z.enum(['none', 'all']).optional(),
});
const reason = z.string().optional();

/** What becomes of an order, its goods and its money after the purchase: for the shop's people. */
export const afterSale = newApi()
  .openapi(
    route({
      method: 'post',
      path: '/orders/{orderId}/ship',
      summary: 'Ship all that is on hand',
      request: { params: orderPath, headers: schemas.keyHeader },
      result: z.looseObject({ orderStatus: z.string() }),
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const shipped = await context.var.session.orders.ship({
        ...context.req.valid('param'),
        idempotencyKey,
      });
      return context.json(jsonForm(shipped), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/orders/{orderId}/refund-proposal',
      summary: 'What a refund would be: each part with its tax, and what goes back by each payment',
      request: { params: orderPath, body: body(refundParts) },
      result: z.looseObject(schemas.taxedAmount.shape),
    }),
    async (context) => {
      const request = { ...context.req.valid('param'), ...context.req.valid('json') };
      return context.json(jsonForm(await context.var.session.orders.proposeRefund(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/orders/{orderId}/refund',
      summary: 'Issue the credit note of a refund, and return its money by all payments',
      request: { params: orderPath, headers: schemas.keyHeader, body: body(refundParts.extend({ reason })) },
      result: schemas.refunded.extend({ creditNoteId: schemas.id, number: z.string() }),
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.orders.refund(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'get',
      path: '/orders/{orderId}/credit-notes',
      summary: 'The credit notes of an order',
      request: { params: orderPath },
      result: z.object({
        creditNotes: z.array(z.looseObject({ number: z.string(), ...schemas.taxedAmount.shape })),
      }),
    }),
    async (context) => {
      const creditNotes = await context.var.session.orders.creditNotes(context.req.valid('param'));
      return context.json(jsonForm({ creditNotes }), 200);
    },
  )
  .openapi(
    route({
      method: 'get',
      path: '/orders/{orderId}/returns',
      summary: 'The returns of an order',
      request: { params: orderPath },
      result: z.object({ returns: z.array(z.looseObject({ returnId: schemas.id, status: z.string() })) }),
    }),
    async (context) => {
      const returns = await context.var.session.returns.list(context.req.valid('param'));
      return context.json(jsonForm({ returns }), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/returns/{returnId}/goods',
      summary: 'Record what came back, and whether it goes into the stock',
      request: {
        params: returnPath,
        headers: schemas.keyHeader,
        body: body(
          z.strictObject({ lines: z.array(schemas.lines.element.extend({ restock: z.boolean() })), reason }),
        ),
      },
      result: schemas.returned.extend({ orderStatus: z.string(), returnedMinor: schemas.minorText }),
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.returns.receive(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/returns/{returnId}/refund',
      summary: 'Issue the credit note of what came back, and return its money',
      request: { params: returnPath, headers: schemas.keyHeader, body: body(z.strictObject({ reason })) },
      result: schemas.refunded.extend({ returnId: schemas.id, number: z.string().optional() }),
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.returns.refund(request)), 200);
    },
  )
  .openapi(
    // After the others of its form: what is none of these decisions is refused here.
    route({
      method: 'post',
      path: '/returns/{returnId}/{decision}',
      summary: 'Approve, decline or cancel a return',
      request: {
        params: returnPath.extend({ decision: z.enum(['approve', 'decline', 'cancel']) }),
        body: body(z.strictObject({ reason })),
      },
      result: schemas.returned,
    }),
    async (context) => {
      const { returnId, decision } = context.req.valid('param');
      const decided = context.var.session.returns[decision]({ returnId, ...context.req.valid('json') });
      return context.json(jsonForm(await decided), 200);
    },
  );
