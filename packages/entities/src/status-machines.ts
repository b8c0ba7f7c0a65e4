import { cartMachine } from './cart/cart.ts';
import { returnMachine } from './fulfilment/return-request.ts';
import { shipmentMachine } from './fulfilment/shipment.ts';
import { reservationMachine } from './fulfilment/stock-reservation.ts';
import { orderMachine } from './order/sales-order.ts';
import { paymentMachine, transactionMachine } from './payment/payment.ts';
import type { StatusMachine } from './status-machine.ts';

/** All of them; table `status_transition` has the same, for the trigger. */
export const statusMachines: readonly StatusMachine[] = [
  orderMachine,
  paymentMachine,
  transactionMachine,
  shipmentMachine,
  returnMachine,
  reservationMachine,
  cartMachine,
];
