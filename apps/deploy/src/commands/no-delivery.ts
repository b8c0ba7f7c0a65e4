/** What is to be told where nobody gets the events. */
export const noDelivery =
  'dms.config.ts has no worker.deliver: the shop is maintained, and no event is published while this worker leads.';
