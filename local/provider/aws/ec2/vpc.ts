import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
  type Tenancy,
} from "@aws-sdk/client-ec2";
import { flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import type { Bag } from "../../core/wire";
import { account, ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { retag, tagsOf } from "./tags";

export const vpc = defineResource({
  type: "aws:ec2/vpc:Vpc",
  properties: {
    cidrBlock: text({ required: true, replaces: true }),
    enableDnsHostnames: flag({ default: false }),
    enableDnsSupport: flag({ default: true }),
    instanceTenancy: text({ default: "default", replaces: true }),
    assignGeneratedIpv6CidrBlock: flag(),
    tags: tags(),
  },
  async create(inputs) {
    const made = await ec2().send(
      new CreateVpcCommand({
        CidrBlock: inputs.cidrBlock,
        InstanceTenancy: inputs.instanceTenancy as Tenancy,
        TagSpecifications: tagsOf("vpc", inputs.tags),
      }),
    );
    const id = made.Vpc?.VpcId ?? "";
    await setDns(id, inputs.enableDnsSupport, inputs.enableDnsHostnames);
    return {
      id,
      outputs: { arn: ec2Arn("vpc", id), ownerId: account, ...(await own(id)), tagsAll: inputs.tags ?? {} },
    };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeVpcsCommand({ VpcIds: [id] })));
    const [vpc] = seen?.Vpcs ?? [];
    return vpc && { cidrBlock: vpc.CidrBlock, arn: ec2Arn("vpc", id), ...(await own(id)) };
  },
  async update(id, inputs, state) {
    await setDns(id, inputs.enableDnsSupport, inputs.enableDnsHostnames);
    return retag(id, state.tags, inputs.tags);
  },
  async delete(id) {
    await unlessGone(() => ec2().send(new DeleteVpcCommand({ VpcId: id })));
  },
  lookUp: () => ({}),
});

/** One attribute a call, as EC2 wants it. */
async function setDns(VpcId: string, support: boolean, hostnames: boolean): Promise<void> {
  await ec2().send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: support } }));
  await ec2().send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: hostnames } }));
}

/** What comes with every VPC. */
async function own(id: string): Promise<Bag> {
  const Filters = [{ Name: "vpc-id", Values: [id] }];
  const tables = await ec2().send(new DescribeRouteTablesCommand({ Filters }));
  const groups = await ec2().send(new DescribeSecurityGroupsCommand({ Filters }));
  const lists = await ec2().send(new DescribeNetworkAclsCommand({ Filters }));
  const main = tables.RouteTables?.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
  return {
    mainRouteTableId: main?.RouteTableId,
    defaultRouteTableId: main?.RouteTableId,
    defaultSecurityGroupId: groups.SecurityGroups?.find(({ GroupName }) => GroupName === "default")?.GroupId,
    defaultNetworkAclId: lists.NetworkAcls?.find(({ IsDefault }) => IsDefault)?.NetworkAclId,
  };
}
