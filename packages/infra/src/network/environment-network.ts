import type { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { type EnvironmentNetwork, existingNetworkFaults } from './database-network.ts';
import type { NetworkSettings } from './network-settings.ts';
import { Network, type NetworkProps } from './network.ts';

export interface EnvironmentNetworkProps extends Omit<NetworkProps, keyof NetworkSettings> {
  readonly settings: NetworkSettings;
}

/**
 * A network for an environment: a new one, or what is needed of one that exists.
 *
 * @throws UserError `invalid-settings`: the settings have faults; the message lists them all.
 */
export function environmentNetwork(
  scope: Construct,
  id: string,
  { settings, ...props }: EnvironmentNetworkProps,
): EnvironmentNetwork {
  const { existing, zoneCount, ...own } = settings;
  const { zones } = props;
  if (existing === undefined) {
    refuseFaults(`The network of "${props.name}"`, [
      zones.length < zoneCount &&
        `it spreads over ${zoneCount} zones and ${zones.length} are named: name more zones, or set network.zoneCount`,
    ]);
    return new Network(scope, id, { ...own, ...props, zones: zones.slice(0, zoneCount) });
  }
  refuseFaults(`The network of "${props.name}"`, [
    ...existingNetworkFaults(existing),
    ...(['cidr', 'endpoints', 'flowLogs'] as const).map(
      (key) => own[key] !== undefined && `network.${key} is not for a VPC that exists already`,
    ),
  ]);
  const { endpointSecurityGroupId: securityGroupId } = existing;
  const access = securityGroupId === undefined ? 'internet' : { securityGroupId };
  return { ...existing, systemsManager: access, secretsManager: access };
}
