import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
} from "@aws-sdk/client-ec2";
import { tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { tagsOf } from "./tags";

export const internetGateway = defineResource({
  type: "aws:ec2/internetGateway:InternetGateway",
  properties: { vpcId: text(), tags: tags() },
  async create({ vpcId, tags }) {
    const made = await ec2().send(
      new CreateInternetGatewayCommand({ TagSpecifications: tagsOf("internet-gateway", tags) }),
    );
    const id = made.InternetGateway?.InternetGatewayId ?? "";
    if (vpcId) await ec2().send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }));
    return { id, outputs: { arn: ec2Arn("internet-gateway", id), ownerId: account, tagsAll: tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })));
    return seen?.InternetGateways?.[0] && { vpcId: seen.InternetGateways[0].Attachments?.[0]?.VpcId };
  },
  async delete(id, { vpcId }) {
    const own = { InternetGatewayId: id };
    if (vpcId) await unlessGone(() => ec2().send(new DetachInternetGatewayCommand({ ...own, VpcId: vpcId })));
    await unlessGone(() => ec2().send(new DeleteInternetGatewayCommand(own)));
  },
});
