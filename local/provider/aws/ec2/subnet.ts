import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
} from "@aws-sdk/client-ec2";
import { flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { retag, tagsOf } from "./tags";

export const subnet = defineResource({
  type: "aws:ec2/subnet:Subnet",
  properties: {
    vpcId: text({ required: true, replaces: true }),
    cidrBlock: text({ required: true, replaces: true }),
    availabilityZone: text({ replaces: true }),
    mapPublicIpOnLaunch: flag({ default: false }),
    tags: tags(),
  },
  async create({ vpcId, cidrBlock, availabilityZone, mapPublicIpOnLaunch, tags }) {
    const made = await ec2().send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: cidrBlock,
        AvailabilityZone: availabilityZone,
        TagSpecifications: tagsOf("subnet", tags),
      }),
    );
    const id = made.Subnet?.SubnetId ?? "";
    if (mapPublicIpOnLaunch) await mapPublicIps(id, true);
    return { id, outputs: { arn: ec2Arn("subnet", id), ownerId: account, tagsAll: tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeSubnetsCommand({ SubnetIds: [id] })));
    const [subnet] = seen?.Subnets ?? [];
    return (
      subnet && {
        vpcId: subnet.VpcId,
        cidrBlock: subnet.CidrBlock,
        availabilityZone: subnet.AvailabilityZone,
        arn: ec2Arn("subnet", id),
      }
    );
  },
  async update(id, inputs, state) {
    if (inputs.mapPublicIpOnLaunch !== state.mapPublicIpOnLaunch) await mapPublicIps(id, inputs.mapPublicIpOnLaunch);
    return retag(id, state.tags, inputs.tags);
  },
  async delete(id) {
    await unlessGone(() => ec2().send(new DeleteSubnetCommand({ SubnetId: id })));
  },
  lookUp: () => ({}),
});

async function mapPublicIps(SubnetId: string, Value: boolean): Promise<void> {
  await ec2().send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value } }));
}
