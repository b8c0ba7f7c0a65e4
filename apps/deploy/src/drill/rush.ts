import { type Buyer, refusalCode } from './buyer.ts';

/**
 * Fills so many carts, and checks them out all at once.
 * @param options.refusal the code with which one of them may be refused
 * @returns how many orders were placed, and how many checkouts refused with that code
 * @throws what is not a refusal by the shop's rules
 */
export async function rush(
  buyer: Buyer,
  options: { clients: number; fill: (cartId: string) => Promise<void>; refusal: string },
): Promise<{ placed: number; refused: number }> {
  const requests = await Promise.all(
    Array.from({ length: options.clients }, async () => {
      const cartId = await buyer.openCart();
      await options.fill(cartId);
      return await buyer.agree(cartId);
    }),
  );
  const outcomes = await Promise.all(
    requests.map((request) => buyer.checkout(request).then(() => 'placed', refusalCode)),
  );
  const count = (outcome: string): number => outcomes.filter((each) => each === outcome).length;
  return { placed: count('placed'), refused: count(options.refusal) };
}
