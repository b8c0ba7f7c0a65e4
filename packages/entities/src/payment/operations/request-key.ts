import { key } from '../../bounds.ts';

/** Of transactions that the shop begins or books by itself: their keys follow from the books. */
const ownKey = /^(?:excess|external|immediate|reauthorize|return|surplus):/;

/** The key of a request from outside: with one of ours it could take the place of a transaction that is still to come. */
export const requestKey = key.refine(
  (each) => !ownKey.test(each),
  'begins as the keys of the shop itself do',
);
