import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Construct } from 'constructs';
import { type CidrBlock, formatCidr, sixteenth } from './cidr.ts';

export interface SubnetTierProps {
  readonly name: string;
  readonly vpcId: string;
  readonly vpcCidr: CidrBlock;
  readonly zones: readonly string[];
  /** Which of the VPC's sixteenths the first subnet takes. */
  readonly firstBlock: number;
}

/** One subnet a zone, each with a route table of its own. No subnet gives out public addresses by itself. */
export class SubnetTier extends Construct {
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];

  constructor(scope: Construct, id: string, props: SubnetTierProps) {
    super(scope, id);
    const { vpcId, zones } = props;
    this.subnets = zones.map(
      (zone, index) =>
        new Subnet(this, `subnet-${zone}`, {
          vpcId,
          availabilityZone: zone,
          cidrBlock: formatCidr(sixteenth(props.vpcCidr, props.firstBlock + index)),
          mapPublicIpOnLaunch: false,
          tags: { Name: `${props.name}-${zone}` },
        }),
    );
    this.routeTables = this.subnets.map((subnet, index) => {
      const zone = zones[index] ?? '';
      const routeTable = new RouteTable(this, `routes-${zone}`, {
        vpcId,
        tags: { Name: `${props.name}-${zone}` },
      });
      new RouteTableAssociation(this, `association-${zone}`, {
        subnetId: subnet.id,
        routeTableId: routeTable.id,
      });
      return routeTable;
    });
  }

  /** Sends what leaves the VPC to a gateway; `target` says which one, by the position of the zone. */
  routeOut(target: (zoneIndex: number) => { gatewayId?: string; natGatewayId?: string }): void {
    for (const [index, routeTable] of this.routeTables.entries()) {
      new Route(this, `out-${index + 1}`, {
        routeTableId: routeTable.id,
        destinationCidrBlock: '0.0.0.0/0',
        ...target(index),
      });
    }
  }

  get subnetIds(): string[] {
    return this.subnets.map((subnet) => subnet.id);
  }
}
