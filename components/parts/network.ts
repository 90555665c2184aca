import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "./arguments";
import type { Context } from "./context";
import { physicalName } from "./naming";

/** Subnets that are there already. */
export interface GivenNetwork {
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets, preferably in two zones. */
  readonly subnetIds: readonly pulumi.Input<string>[];
}

export interface NetworkArgs {
  /** @default a VPC is made: two zones, private and public subnets, one NAT gateway, an endpoint for S3 */
  readonly given?: GivenNetwork | undefined;
  /** What runs there and where it goes to; description of the security group. */
  readonly description: string;
  /** Where the security group lets traffic out to; nothing comes in. */
  readonly egress: readonly Egress[];
}

export interface Egress {
  readonly port: number;
  readonly description: string;
  /** @default anywhere */
  readonly cidrBlock?: string;
}

export interface Network {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly securityGroupId: pulumi.Output<string>;
  /** A task that starts needs the way out to be there. */
  readonly ready: readonly pulumi.Resource[];
}

/** HTTPS to anywhere, as most need it. */
export const https: Egress = { port: 443, description: "HTTPS" };

/** @throws ArgumentError for a network without VPC or subnets */
export function checkNetwork(check: ArgumentCheck, network: GivenNetwork | undefined): void {
  if (network === undefined) return;
  check.knownKeys("network", network, { vpcId: true, subnetIds: true });
  if (network.vpcId === undefined) check.fail("network.vpcId", undefined, "Give the VPC that the subnets are in.");
  if (!Array.isArray(network.subnetIds) || network.subnetIds.length === 0) {
    check.fail("network.subnetIds", network.subnetIds, "Give at least one private subnet.");
  }
}

/** Private subnets, given or made, and a security group for what runs in them. */
export function network(context: Context, part: string, args: NetworkArgs): Network {
  const { vpcId, subnetIds, ready } = args.given === undefined ? ownVpc(context) : { ...args.given, ready: [] };
  const group = new aws.ec2.SecurityGroup(
    `${context.name}-${part}-security-group`,
    {
      name: physicalName(context.name, part, "securityGroup"),
      description: args.description,
      vpcId,
      ingress: [],
      egress: args.egress.map(({ port, description, cidrBlock = "0.0.0.0/0" }) => ({
        protocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrBlocks: [cidrBlock],
        description,
      })),
      tags: context.tags,
    },
    { parent: context.parent },
  );
  return {
    vpcId: pulumi.output(vpcId),
    subnetIds: pulumi.output(subnetIds).apply((ids) => [...ids]),
    securityGroupId: group.id,
    ready,
  };
}

/** Two zones, so that one may fail, and one NAT gateway, which costs less than two. */
function ownVpc({ name, parent, tags, account }: Context) {
  // Loaded here: it takes a tenth of a second, and most programs don't need it.
  const awsx: typeof import("@pulumi/awsx") = require("@pulumi/awsx");
  const vpc = new awsx.ec2.Vpc(
    `${name}-vpc`,
    {
      numberOfAvailabilityZones: 2,
      natGateways: { strategy: awsx.ec2.NatGatewayStrategy.Single },
      subnetStrategy: awsx.ec2.SubnetAllocationStrategy.Auto,
      subnetSpecs: [{ type: awsx.ec2.SubnetType.Private }, { type: awsx.ec2.SubnetType.Public }],
      tags,
    },
    { parent },
  );
  // ECR keeps images' layers in S3, so neither pulls nor objects pay for the NAT gateway. The endpoint itself is free.
  const s3 = new aws.ec2.VpcEndpoint(
    `${name}-vpc-s3`,
    {
      vpcId: vpc.vpcId,
      serviceName: pulumi.interpolate`com.amazonaws.${account.region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: vpc.routeTables.apply((tables) => tables.map(({ id }) => id)),
      tags,
    },
    { parent },
  );
  return { vpcId: vpc.vpcId, subnetIds: vpc.privateSubnetIds, ready: [vpc, s3] };
}
