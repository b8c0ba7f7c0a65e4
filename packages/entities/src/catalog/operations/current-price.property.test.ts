import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { addToCart, createPriceList, findPrices, getProduct, openCart, setTaxIncluded } from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
const currencies = ['JPY', 'EUR', 'BHD'] as const;
const validity = {
  past: `tstzrange(now() - interval '2 hours', now() - interval '1 hour')`,
  current: `tstzrange(now() - interval '1 hour', now() + interval '1 hour')`,
  open: `tstzrange(now() - interval '1 hour', null)`,
  future: `tstzrange(now() + interval '1 hour', null)`,
};

/** A price of a list, or none. */
const price = fc.option(
  fc.record({
    amountMinor: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    when: fc.constantFrom('past', 'current', 'open', 'future'),
  }),
  { nil: undefined },
);
type TestPrice = { amountMinor: bigint; when: keyof typeof validity } | undefined;
const prices: fc.Arbitrary<Record<'sale' | 'net' | 'base', TestPrice>> = fc.record({
  sale: price,
  net: price,
  base: price,
});
const holds = (price: TestPrice) => price?.when === 'current' || price?.when === 'open';

// Yen are with tax, but for the prices of `net`.
beforeAll(async () => {
  await setTaxIncluded(em(), { currency: 'JPY', taxIncluded: true });
  await createPriceList(em(), { code: 'sale', name: 'Sale' });
  await createPriceList(em(), { code: 'net', name: 'Net', taxIncluded: false });
});

test('the list’s price while it is valid, or else base’s, or else not for sale: on pages and in carts alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ JPY: prices, EUR: prices, BHD: prices }), async (byCurrency) => {
      const variantId = await shop().offer();
      await shop().rows(`delete from price where variant_id = '${variantId}'`);
      const [{ handle } = { handle: '' }] = await shop().rows<{ handle: string }>(
        `select handle from product p join product_variant v on v.product_id = p.id where v.id = '${variantId}'`,
      );
      for (const currency of currencies) {
        for (const [list, price] of Object.entries(byCurrency[currency])) {
          if (price === undefined) continue;
          await shop().rows(
            `insert into price (variant_id, price_list_code, currency_code, amount_minor, valid)
             values ('${variantId}', '${list}', '${currency}', ${price.amountMinor}, ${validity[price.when]})`,
          );
        }
      }
      for (const currency of currencies) {
        const { sale, net, base } = byCurrency[currency];
        const withTax = currency === 'JPY';
        for (const { priceList, own, candidates, taxIncluded } of [
          { priceList: 'sale', own: sale, candidates: [sale, base], taxIncluded: withTax },
          { priceList: 'net', own: net, candidates: withTax ? [net] : [net, base], taxIncluded: false },
          { priceList: 'base', own: base, candidates: [base], taxIncluded: withTax },
        ] as const) {
          const amountMinor = candidates.find(holds)?.amountMinor;
          const from = holds(own) ? priceList : 'base';
          const found = await findPrices(em(), { variantIds: [variantId], currency, priceList });
          expect(found).toEqual(
            amountMinor === undefined
              ? []
              : [{ variantId, priceList: from, amountMinor, compareAtMinor: undefined, taxIncluded }],
          );
          const { variants } = await getProduct(em(), { handle, currency, priceList });
          expect(variants[0]?.price?.amountMinor).toBe(amountMinor);
          const { id: cartId } = await openCart(em(), { currencyCode: currency, priceList });
          const added = await addToCart(em(), { cartId, variantId, quantity: 1 }).then(
            ({ quantity, unitPriceMinor }) => ({ quantity, unitPriceMinor }),
            (error: { code: string }) => error.code,
          );
          expect(added).toEqual(
            amountMinor === undefined ? 'variant-not-for-sale' : { quantity: 1, unitPriceMinor: amountMinor },
          );
        }
      }
    }),
    { numRuns: 20 },
  );
});
