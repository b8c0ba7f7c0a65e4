import { defineEntity, p } from '@mikro-orm/core';

const CouponCustomerLockSchema = defineEntity({
  name: 'CouponCustomerLock',
  tableName: 'coupon_customer_lock',
  comment:
    'Uses of one coupon by one customer wait for each other here: by the hash of both, so that no e-mail address is kept.',
  properties: {
    bucket: p.smallint().primary().autoincrement(false),
    uses: p.bigint().defaultRaw('0'),
  },
});

/** A lock of some customers' uses of coupons. A trigger takes it. */
export class CouponCustomerLock extends CouponCustomerLockSchema.class {}
CouponCustomerLockSchema.setClass(CouponCustomerLock);
