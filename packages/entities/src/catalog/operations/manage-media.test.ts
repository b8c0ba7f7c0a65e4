import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { expectInvariants, outcomes } from '../../../test/placed-order.ts';
import {
  addMedia,
  createProduct,
  createVariant,
  getProductToEdit,
  removeMedia,
  reorderMedia,
  updateMedia,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
afterAll(() => expectInvariants(shop()));

const url = (name: string) => `https://example.com/${name}.jpg`;
const create = async () => (await createProduct(em(), { handle: randomUUID(), title: 'Tee' })).productId;
const mediaOf = async (productId: string) => (await getProductToEdit(em(), { productId })).media;

/** A product with images of these names. */
async function withMedia(...names: string[]) {
  const productId = await create();
  const mediaIds: string[] = [];
  for (const name of names) {
    mediaIds.push((await addMedia(em(), { productId, url: url(name), alt: name })).mediaId);
  }
  return { productId, mediaIds };
}

test('images are added at the end, described, put in another order, and removed', async () => {
  const { productId, mediaIds } = await withMedia('a', 'b', 'c');
  const [a = '', b = '', c = ''] = mediaIds;
  const { variantId } = await createVariant(em(), { productId });
  await updateMedia(em(), { productId, mediaId: b, alt: 'from behind', variantId });
  await reorderMedia(em(), { productId, mediaIds: [c, a, b.toUpperCase()] });
  const behind = { id: b, url: url('b'), alt: 'from behind', variantId };
  expect(await mediaOf(productId)).toEqual([
    { id: c, url: url('c'), alt: 'c', variantId: null },
    { id: a, url: url('a'), alt: 'a', variantId: null },
    behind,
  ]);
  await removeMedia(em(), { productId, mediaId: a });
  await updateMedia(em(), { productId, mediaId: b, variantId: null });
  await addMedia(em(), { productId, url: url('a') });
  expect(await mediaOf(productId)).toMatchObject([{ id: c }, { ...behind, variantId: null }, { alt: '' }]);
});

test('what must not be is refused by name', async () => {
  const { productId, mediaIds } = await withMedia('a', 'b');
  const [a = '', b = ''] = mediaIds;
  const other = await withMedia('c');
  const foreign = other.mediaIds[0] ?? '';
  const { variantId } = await createVariant(em(), { productId: other.productId });
  const code = async (operation: Promise<unknown>) => (await outcomes([operation]))[0];
  expect(await code(addMedia(em(), { productId, url: url('a') }))).toBe('media-exists');
  expect(await code(addMedia(em(), { productId, url: 'file:///x' }))).toBe('invalid-input');
  expect(await code(addMedia(em(), { productId, url: url('x'), variantId }))).toBe('variant-not-found');
  expect(await code(addMedia(em(), { productId: randomUUID(), url: url('x') }))).toBe('product-not-found');
  expect(await code(updateMedia(em(), { productId, mediaId: a, variantId }))).toBe('variant-not-found');
  expect(await code(updateMedia(em(), { productId, mediaId: foreign, alt: '' }))).toBe('media-not-found');
  expect(await code(removeMedia(em(), { productId, mediaId: foreign }))).toBe('media-not-found');
  for (const ids of [[a], [a, a], [a, foreign], [a, b, foreign], []]) {
    expect(await code(reorderMedia(em(), { productId, mediaIds: ids }))).toBe('media-not-found');
  }
  expect((await mediaOf(productId)).map(({ id }) => id)).toEqual([a, b]);
});

test('images that are added at once have places of their own; of 8 with one address one is added', async () => {
  const productId = await create();
  await Promise.all(Array.from({ length: 8 }, (_, n) => addMedia(em(), { productId, url: url(`${n}`) })));
  const places = await shop().rows(
    `select position from product_media where product_id = '${productId}' order by 1`,
  );
  expect(places).toEqual(Array.from({ length: 8 }, (_, position) => ({ position })));
  const same = Array.from({ length: 8 }, () => addMedia(em(), { productId, url: url('same') }));
  expect(await outcomes(same)).toEqual(['done', ...Array.from({ length: 7 }, () => 'media-exists')]);
});

fuzzOperation(
  'addMedia',
  shop,
  sample(addMedia, async () => {
    const productId = await create();
    const { variantId } = await createVariant(em(), { productId });
    return { productId, url: url('x'), alt: 'x', variantId, reason: 'season' };
  }),
);

fuzzOperation(
  'updateMedia',
  shop,
  sample(updateMedia, async () => {
    const { productId, mediaIds } = await withMedia('a');
    const { variantId } = await createVariant(em(), { productId });
    return { productId, mediaId: mediaIds[0] ?? '', alt: 'x', variantId, reason: 'season' };
  }),
);

fuzzOperation(
  'reorderMedia',
  shop,
  sample(reorderMedia, async () => ({ ...(await withMedia('a', 'b')), reason: 'season' })),
);

fuzzOperation(
  'removeMedia',
  shop,
  sample(removeMedia, async () => {
    const { productId, mediaIds } = await withMedia('a');
    return { productId, mediaId: mediaIds[0] ?? '', reason: 'season' };
  }),
);
