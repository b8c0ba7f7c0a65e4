import { buy } from './activities/buy.ts';
import { editOrder } from './activities/edit-order.ts';
import { cancel, cancelSome, deliver, move, ship } from './activities/fulfil.ts';
import { changeAccount, register } from './activities/keep-account.ts';
import { addProduct, annotate, edit, reprice, retax } from './activities/keep-catalog.ts';
import { adjust, receiveGoods, sellAhead, transfer } from './activities/keep-stock.ts';
import { look } from './activities/look.ts';
import { act, authorize, capture, giveBack, refund, release, renew, sweep } from './activities/pay.ts';
import { changePromotion, promote } from './activities/promote.ts';
import { askToReturn, credit, decide, receive, refundIt, takeBack } from './activities/send-back.ts';
import type { Client } from './client.ts';

/** What clients do, and how often. */
export const activities: readonly (readonly [weight: number, activity: (client: Client) => Promise<void>])[] =
  [
    [160, buy],
    [170, authorize],
    [30, act],
    [25, capture],
    [10, refund],
    [5, release],
    [5, renew],
    [8, giveBack],
    [5, sweep],
    [110, ship],
    [15, deliver],
    [6, cancel],
    [8, cancelSome],
    [15, move],
    [60, editOrder],
    [20, askToReturn],
    [20, decide],
    [16, receive],
    [14, refundIt],
    [6, takeBack],
    [15, credit],
    [25, receiveGoods],
    [8, adjust],
    [8, transfer],
    [3, sellAhead],
    [4, addProduct],
    [6, edit],
    [6, reprice],
    [1, retax],
    [8, promote],
    [8, changePromotion],
    [8, annotate],
    [5, register],
    [6, changeAccount],
    [25, look],
  ];
