import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import type { OrchestrationNetworkArgs } from "../args";

export interface DbtNetwork {
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Output<string>;
}

/** HTTPS, and HTTP for the certificates' revocation lists, which Snowflake's driver asks for. */
const ports = [443, 80];

/** The private subnets, given or made, and a security group that lets nothing in and lets web requests out. */
export function dbtNetwork(context: Context, given: OrchestrationNetworkArgs | undefined): DbtNetwork {
  const { vpcId, subnetIds } = given ?? ownVpc(context);
  const group = new aws.ec2.SecurityGroup(
    `${context.name}-dbt-security-group`,
    {
      name: physicalName(context.name, "dbt", "securityGroup"),
      description: "dbt: out to Snowflake and AWS, nothing in",
      vpcId,
      ingress: [],
      egress: ports.map((port) => ({
        protocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrBlocks: ["0.0.0.0/0"],
        description: port === 443 ? "HTTPS" : "Revocation lists of certificates",
      })),
      tags: context.tags,
    },
    { parent: context.parent },
  );
  return { subnetIds, securityGroupId: group.id };
}

/** Two zones, so that one may fail, and one way out, which costs less than two. */
function ownVpc({ name, parent, tags }: Context) {
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
  return { vpcId: vpc.vpcId, subnetIds: vpc.privateSubnetIds };
}
