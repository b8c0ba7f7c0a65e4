import { UserError } from '@ecommerce-dms/errors';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';

/** Runs a change of the catalog, and says what a constraint has refused. */
export async function namingRefusals<Result>(change: () => Promise<Result>): Promise<Result> {
  try {
    return await withoutRowDetails(change);
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(cause: unknown): unknown {
  // The unique index of the options takes rows of about 2,700 bytes, and has its name in this error, too.
  if (cause instanceof Error && 'code' in cause && cause.code === '54000') {
    return new UserError('invalid-input', 'The names and values of the options are too long together.', {
      cause,
    });
  }
  switch (violatedConstraint(cause)) {
    case 'product_handle_unique':
      return new UserError('handle-taken', 'Another product has this handle.', { cause });
    case 'product_variant_sku_unique':
      return new UserError('sku-taken', 'Another variant has this SKU.', { cause });
    case 'product_variant_options_unique':
      return new UserError('variant-exists', 'The product has another variant with these options.', {
        cause,
      });
    case 'product_media_product_id_url_unique':
      return new UserError('media-exists', 'The product has media with this address.', { cause });
    default:
      return cause;
  }
}
