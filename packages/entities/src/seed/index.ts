export { shopPlan, type ShopPlanOptions } from './shop-plan.ts';
