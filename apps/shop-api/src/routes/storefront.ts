import { jsonForm } from '@ecommerce-dms/entities';
import { z } from '@hono/zod-openapi';
import { body, newApi, route } from '../route.ts';
import * as schemas from '../schemas.ts';

const cartPath = z.object({ cartId: schemas.id });

/** What buyers use. Whoever knows the id of a cart or of an order may use it: ids are not to be guessed. */
export const storefront = newApi()
  .openapi(
    route({
      method: 'get',
      path: '/products',
      summary: 'Search the catalog',
      request: {
        query: z.object({
          text: z.string().optional(),
          currency: z.string().optional().openapi({ example: 'USD' }),
          cursor: z.string().optional(),
        }),
      },
      result: z.looseObject({
        products: z.array(z.looseObject(schemas.product.shape)),
        next: z.string().optional(),
      }),
    }),
    async (context) => {
      const { text, currency, cursor } = context.req.valid('query');
      const price = currency === undefined ? undefined : { currency };
      const found = await context.var.session.catalog.search({ text, price, cursor });
      return context.json(jsonForm(found), 200);
    },
  )
  .openapi(
    route({
      method: 'get',
      path: '/products/{handle}',
      summary: 'The page of a product',
      request: {
        params: z.object({ handle: z.string() }),
        query: z.object({ currency: z.string().openapi({ example: 'USD' }) }),
      },
      result: z.looseObject({
        ...schemas.product.shape,
        variants: z.array(z.looseObject({ id: schemas.id })),
      }),
    }),
    async (context) => {
      const request = { ...context.req.valid('param'), ...context.req.valid('query') };
      return context.json(jsonForm(await context.var.session.catalog.product(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/carts',
      summary: 'Open a cart',
      request: { body: body(z.strictObject({ currencyCode: z.string() })) },
      result: schemas.cart,
    }),
    async (context) => {
      const cart = await context.var.session.carts.open(context.req.valid('json'));
      return context.json(jsonForm(cart), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/carts/{cartId}/lines',
      summary: 'Add units of a variant',
      request: {
        params: cartPath,
        headers: schemas.keyHeader,
        body: body(z.strictObject({ variantId: schemas.id, quantity: z.int() })),
      },
      result: schemas.cartLine,
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const addition = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.carts.add(addition)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/carts/{cartId}/quote',
      summary: 'What a checkout would charge',
      request: { params: cartPath, body: body(z.strictObject({ destination: schemas.destination })) },
      result: z.looseObject(schemas.quote.shape),
    }),
    async (context) => {
      const request = { ...context.req.valid('param'), ...context.req.valid('json') };
      return context.json(jsonForm(await context.var.session.carts.quote(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/carts/{cartId}/checkout',
      summary: 'Order a cart for the total that the buyer saw',
      request: {
        params: cartPath,
        headers: schemas.keyHeader,
        body: body(
          z.strictObject({
            email: z.string(),
            shippingAddress: schemas.address,
            billingAddress: schemas.address.optional(),
            expectedTotalMinor: schemas.minorInput,
            expectedQuote: z.string().optional(),
          }),
        ),
      },
      result: schemas.order,
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.checkout(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/orders/{orderId}/payments',
      summary:
        'Pay an order; where the answer has a nextAction, the buyer does it, then a webhook confirms the order',
      request: {
        params: z.object({ orderId: schemas.id }),
        headers: schemas.keyHeader,
        body: body(z.strictObject({ paymentMethod: z.string().openapi({ example: 'pm_card_visa' }) })),
      },
      result: schemas.payment,
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.payments.authorize(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'post',
      path: '/orders/{orderId}/returns',
      summary: 'Ask to send goods back',
      request: {
        params: z.object({ orderId: schemas.id }),
        headers: schemas.keyHeader,
        body: body(z.strictObject({ lines: schemas.lines, reason: z.string().optional() })),
      },
      result: schemas.returned,
    }),
    async (context) => {
      const idempotencyKey = context.req.valid('header')['idempotency-key'];
      const request = { ...context.req.valid('param'), ...context.req.valid('json'), idempotencyKey };
      return context.json(jsonForm(await context.var.session.returns.request(request)), 200);
    },
  )
  .openapi(
    route({
      method: 'get',
      path: '/orders/{orderId}',
      summary: 'An order as it is',
      request: { params: z.object({ orderId: schemas.id }) },
      result: z.looseObject({ id: schemas.id, status: z.string() }),
    }),
    async (context) => {
      const found = await context.var.session.orders.get(context.req.valid('param'));
      return context.json(jsonForm(found), 200);
    },
  );
