import { instanceClassFault, type Place } from '@ecommerce-dms/rds-classes';

/** What is wrong with a class, as a fault of the setting `name`. A place without a region is one that is not known. */
export function classFault(name: string, instanceClass: string, place: Place): string | false {
  const fault = instanceClassFault(instanceClass, place);
  return fault !== undefined && `${name} ${fault}`;
}
