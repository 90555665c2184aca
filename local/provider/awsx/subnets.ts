import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export const kinds = ["public", "private", "isolated"] as const;
type Kind = (typeof kinds)[number];

export interface Layout {
  readonly zone: string;
  readonly subnets: readonly {
    readonly kind: Kind;
    readonly name: string;
    readonly cidrBlock: string;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
}

interface SubnetsArgs {
  readonly name: string;
  readonly vpc: aws.ec2.Vpc;
  readonly gateway: aws.ec2.InternetGateway;
  readonly layout: readonly Layout[];
  /** `None`, `Single` or `OnePerAz`. */
  readonly strategy: string;
  readonly tags: aws.ec2.VpcArgs["tags"];
}

/** Subnets with a route table each: public ones to the internet, private ones through a NAT gateway, where there is one. */
export function makeSubnets({ name, vpc, gateway, layout, strategy, tags }: SubnetsArgs) {
  const subnets: Record<Kind, aws.ec2.Subnet[]> = { public: [], private: [], isolated: [] };
  const rest = {
    eips: [] as aws.ec2.Eip[],
    natGateways: [] as aws.ec2.NatGateway[],
    routeTables: [] as aws.ec2.RouteTable[],
    routeTableAssociations: [] as aws.ec2.RouteTableAssociation[],
    routes: [] as aws.ec2.Route[],
  };
  for (const [index, zone] of layout.entries()) {
    // The public ones first: a NAT gateway stands in one.
    for (const spec of [...zone.subnets].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))) {
      const own = `${name}-${spec.name}-${index + 1}`;
      const tagged = pulumi.all([tags, spec.tags]).apply(([all, these]) => ({ Name: own, ...all, ...these }));
      const args = { vpcId: vpc.id, availabilityZone: zone.zone, cidrBlock: spec.cidrBlock, tags: tagged };
      const subnet = new aws.ec2.Subnet(
        own,
        { ...args, mapPublicIpOnLaunch: spec.kind === "public" },
        { parent: vpc, dependsOn: [vpc] },
      );
      subnets[spec.kind].push(subnet);
      const inSubnet = { parent: subnet, dependsOn: [subnet] };
      const table = new aws.ec2.RouteTable(own, { vpcId: vpc.id, tags: tagged }, inSubnet);
      rest.routeTables.push(table);
      rest.routeTableAssociations.push(
        new aws.ec2.RouteTableAssociation(own, { routeTableId: table.id, subnetId: subnet.id }, { parent: table }),
      );
      const target = targetOf(spec.kind, subnet);
      if (target) {
        const args = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", ...target };
        rest.routes.push(new aws.ec2.Route(own, args, { parent: table }));
      }
    }
  }
  return { subnets, rest };

  function targetOf(kind: Kind, subnet: aws.ec2.Subnet) {
    if (kind === "isolated") return undefined;
    if (kind === "private") {
      const nat = rest.natGateways.at(-1);
      return nat && { natGatewayId: nat.id };
    }
    if (strategy === "OnePerAz" || (strategy === "Single" && rest.natGateways.length === 0)) {
      const number = rest.natGateways.length + 1;
      const eip = new aws.ec2.Eip(`${name}-${number}`, { domain: "vpc", tags }, { parent: subnet });
      const args = { subnetId: subnet.id, allocationId: eip.allocationId, tags };
      rest.eips.push(eip);
      rest.natGateways.push(new aws.ec2.NatGateway(`${name}-${number}`, args, { parent: subnet }));
    }
    return { gatewayId: gateway.id };
  }
}
