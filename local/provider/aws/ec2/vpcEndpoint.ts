import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type VpcEndpointType,
} from "@aws-sdk/client-ec2";
import { document, flag, tags, text, texts } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { retag, tagsOf } from "./tags";

export const vpcEndpoint = defineResource({
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  properties: {
    vpcId: text({ required: true, replaces: true }),
    serviceName: text({ required: true, replaces: true }),
    vpcEndpointType: text({ default: "Gateway", replaces: true }),
    policy: document(),
    privateDnsEnabled: flag(),
    routeTableIds: texts({ replaces: true }),
    subnetIds: texts({ replaces: true }),
    securityGroupIds: texts({ replaces: true }),
    tags: tags(),
  },
  async create(inputs) {
    const made = await ec2().send(
      new CreateVpcEndpointCommand({
        VpcId: inputs.vpcId,
        ServiceName: inputs.serviceName,
        VpcEndpointType: inputs.vpcEndpointType as VpcEndpointType,
        PolicyDocument: inputs.policy,
        PrivateDnsEnabled: inputs.privateDnsEnabled,
        RouteTableIds: inputs.routeTableIds && [...inputs.routeTableIds],
        SubnetIds: inputs.subnetIds && [...inputs.subnetIds],
        SecurityGroupIds: inputs.securityGroupIds && [...inputs.securityGroupIds],
        TagSpecifications: tagsOf("vpc-endpoint", inputs.tags),
      }),
    );
    const id = made.VpcEndpoint?.VpcEndpointId ?? "";
    // A gateway's prefix list is what egress rules name.
    const prefixListId = inputs.vpcEndpointType === "Gateway" ? prefixListOf(inputs.serviceName) : undefined;
    const outputs = { arn: ec2Arn("vpc-endpoint", id), state: "available", prefixListId, tagsAll: inputs.tags ?? {} };
    return { id, outputs };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })));
    return seen?.VpcEndpoints?.[0] && { serviceName: seen.VpcEndpoints[0].ServiceName };
  },
  async update(id, inputs, state) {
    await ec2().send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, PolicyDocument: inputs.policy }));
    return retag(id, state.tags, inputs.tags);
  },
  async delete(id) {
    await unlessGone(() => ec2().send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })));
  },
});

/** The ids that AWS has for them in us-east-1. */
function prefixListOf(serviceName: string): string | undefined {
  const known: Readonly<Record<string, string>> = { s3: "pl-63a5400a", dynamodb: "pl-02cd2c6b" };
  return known[serviceName.split(".").at(-1) ?? ""];
}
