import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, jsonb, nullable, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { listOf, maxLength, textUpTo, webUrl } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { namingRefusals } from './catalog-errors.ts';
import { lockProduct } from './lock-product.ts';
import { variantNotFound } from './set-price.ts';

const alt = textUpTo(maxLength.note).trim();
const addition = z.strictObject({
  productId: z.uuid(),
  url: webUrl,
  alt: alt.default(''),
  variantId: z.uuid().optional(),
  reason,
});
const update = z.strictObject({
  productId: z.uuid(),
  mediaId: z.uuid(),
  alt: alt.optional(),
  variantId: z.uuid().nullable().optional(),
  reason,
});
const order = z.strictObject({ productId: z.uuid(), mediaIds: listOf(z.uuid()), reason });
const removal = z.strictObject({ productId: z.uuid(), mediaId: z.uuid(), reason });

/**
 * What {@link addMedia} takes: the `url` of an image, its text for who can't see it (`alt`, default none), and the
 * variant that it shows, if it is of one only.
 */
export type MediaAddition = z.input<typeof addition>;

/** What {@link updateMedia} takes: what is left out stays, `variantId` null shows all variants. */
export type MediaUpdate = z.input<typeof update>;

/** What {@link reorderMedia} takes: all media of the product, in their new order. */
export type MediaOrder = z.input<typeof order>;

const findVariant = statement({
  params: { productId: uuid, variantId: uuid },
  row: { id: uuid },
  sql: 'select id from product_variant where product_id = :productId and id = :variantId and deleted_at is null',
});

const insertMedia = statement({
  params: { productId: uuid, url: text, alt: text, variantId: nullable(uuid) },
  row: { mediaId: uuid, position: int4 },
  sql: `insert into product_media (product_id, url, alt, variant_id, position)
    values (:productId, :url, :alt, :variantId,
      coalesce((select max(position) + 1 from product_media where product_id = :productId), 0))
    returning id as "mediaId", position`,
});

const changeMedia = statement({
  params: { productId: uuid, mediaId: uuid, changes: jsonb() },
  row: { id: uuid },
  sql: `update product_media m set alt = coalesce(j ->> 'alt', alt),
      variant_id = case when jsonb_exists(j, 'variantId') then (j ->> 'variantId')::uuid else variant_id end
    from (values (:changes::jsonb)) as input (j)
    where m.product_id = :productId and m.id = :mediaId returning m.id`,
});

const selectMediaIds = statement({
  params: { productId: uuid },
  row: { id: uuid },
  sql: 'select id from product_media where product_id = :productId',
});

const setPositions = statement({
  params: { productId: uuid, mediaIds: uuidArray },
  sql: `update product_media set position = r.ordinality - 1
    from unnest(:mediaIds::uuid[]) with ordinality as r (id, ordinality)
    where product_media.id = r.id and product_id = :productId`,
});

const deleteMedia = statement({
  params: { productId: uuid, mediaId: uuid },
  row: { url: text },
  sql: 'delete from product_media where product_id = :productId and id = :mediaId returning url',
});

/**
 * Adds an image to a product, as its last one. The audit log has `product.add_media`.
 *
 * @returns its id, and its place, from 0
 * @throws UserError `invalid-input`, `product-not-found`; `variant-not-found`: the product has no such variant;
 *   `media-exists`: it has an image with this address
 */
export async function addMedia(
  em: EntityManager,
  input: MediaAddition,
): Promise<{ mediaId: string; position: number }> {
  const { productId, reason, ...media } = parseInput(addition, input);
  return await changeOf(em, { productId, reason, action: 'product.add_media' }, async (em) => {
    await requireVariant(em, productId, media.variantId);
    const result = onlyRow(await insertMedia(em, { productId, ...media }));
    return { result, detail: { mediaId: result.mediaId, url: media.url } };
  });
}

/**
 * Changes the text or the variant of an image. The audit log has `product.update_media`.
 *
 * @throws UserError `invalid-input`, `product-not-found`; `media-not-found`, `variant-not-found`: the product has no
 *   such image or variant
 */
export async function updateMedia(em: EntityManager, input: MediaUpdate): Promise<void> {
  const { productId, mediaId, reason, ...changes } = parseInput(update, input);
  await changeOf(em, { productId, reason, action: 'product.update_media' }, async (em) => {
    await requireVariant(em, productId, changes.variantId);
    const changed = await changeMedia(em, { productId, mediaId, changes });
    if (changed.length === 0) throw mediaNotFound(mediaId);
    return { result: undefined, detail: { mediaId, changed: Object.keys(changes) } };
  });
}

/**
 * Puts the images of a product into another order. The audit log has `product.reorder_media`.
 *
 * @throws UserError `invalid-input`, `product-not-found`; `media-not-found`: they are not exactly the images of the
 *   product, each once; somebody may have added or removed one
 */
export async function reorderMedia(em: EntityManager, input: MediaOrder): Promise<void> {
  const { productId, mediaIds, reason } = parseInput(order, input);
  await changeOf(em, { productId, reason, action: 'product.reorder_media' }, async (em) => {
    const there = (await selectMediaIds(em, { productId })).map(({ id }) => id);
    // A UUID may be written in capitals.
    const given = new Set(mediaIds.map((id) => id.toLowerCase()));
    if (mediaIds.length !== there.length || there.some((id) => !given.has(id))) {
      throw new UserError('media-not-found', `The product ${productId} has other images than those.`, {
        hint: 'Read it again, and name each of its images once.',
      });
    }
    await setPositions(em, { productId, mediaIds });
    return { result: undefined, detail: { count: mediaIds.length } };
  });
}

/**
 * Removes an image from a product. The audit log has `product.remove_media` with its address.
 *
 * @throws UserError `invalid-input`, `product-not-found`; `media-not-found`: the product has no such image
 */
export async function removeMedia(em: EntityManager, input: z.input<typeof removal>): Promise<void> {
  const { productId, mediaId, reason } = parseInput(removal, input);
  await changeOf(em, { productId, reason, action: 'product.remove_media' }, async (em) => {
    const [removed] = await deleteMedia(em, { productId, mediaId });
    if (removed === undefined) throw mediaNotFound(mediaId);
    return { result: undefined, detail: { mediaId, ...removed } };
  });
}

/** Changes the media of a product, one change after another, with an entry in the audit log. */
async function changeOf<Result>(
  em: EntityManager,
  { productId, ...entry }: { productId: string; action: string; reason: string | undefined },
  change: (
    em: EntityManager,
  ) => Promise<{ result: Result; detail: Record<string, string | number | string[]> }>,
): Promise<Result> {
  return await namingRefusals(() =>
    em.transactional(async (em) => {
      await lockProduct(em, productId);
      const { result, detail } = await change(em);
      await recordAudit(em, { ...entry, entity: 'product', entityId: productId, detail });
      return result;
    }),
  );
}

async function requireVariant(
  em: EntityManager,
  productId: string,
  variantId: string | null | undefined,
): Promise<void> {
  if (variantId === null || variantId === undefined) return;
  const found = await findVariant(em, { productId, variantId });
  if (found.length === 0) throw variantNotFound(variantId);
}

function mediaNotFound(mediaId: string): UserError {
  return new UserError('media-not-found', `The product has no image ${mediaId}.`);
}
