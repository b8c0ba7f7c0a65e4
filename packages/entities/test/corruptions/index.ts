import { catalogCorruptions } from './catalog.ts';
import { couponCorruptions } from './coupon.ts';
import { creditCorruptions } from './credit.ts';
import { editCorruptions } from './edit.ts';
import { customerCorruptions } from './customer.ts';
import {
  amountsCorruptions,
  belongingsCorruptions,
  coverCorruptions,
  fulfilmentCorruptions,
  historyCorruptions,
  placementCorruptions,
} from './order.ts';
import { overdueCorruptions } from './overdue.ts';
import { paymentCorruptions } from './payment.ts';
import { returnCorruptions } from './return.ts';
import { statusIndexCorruptions } from './status-index.ts';
import { stockCorruptions } from './stock.ts';

/** By the number of the invariant that they break, as the reference counts them. */
const byInvariant = {
  1: stockCorruptions,
  2: amountsCorruptions,
  3: paymentCorruptions,
  4: coverCorruptions,
  5: historyCorruptions,
  6: placementCorruptions,
  7: fulfilmentCorruptions,
  8: overdueCorruptions,
  9: customerCorruptions,
  10: catalogCorruptions,
  11: statusIndexCorruptions,
  12: couponCorruptions,
  13: belongingsCorruptions,
  14: creditCorruptions,
  15: returnCorruptions,
  16: editCorruptions,
};

export const corruptions = Object.entries(byInvariant).flatMap(([invariant, corruptions]) =>
  corruptions.map((corruption) => ({ invariant, ...corruption })),
);
