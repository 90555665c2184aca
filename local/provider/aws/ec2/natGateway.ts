import {
  type ConnectivityType,
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
} from "@aws-sdk/client-ec2";
import { tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { retag, tagsOf } from "./tags";

export const natGateway = defineResource({
  type: "aws:ec2/natGateway:NatGateway",
  properties: {
    subnetId: text({ required: true, replaces: true }),
    allocationId: text({ replaces: true }),
    connectivityType: text({ default: "public", replaces: true }),
    tags: tags(),
  },
  async create({ subnetId, allocationId, connectivityType, tags }) {
    const made = await ec2().send(
      new CreateNatGatewayCommand({
        SubnetId: subnetId,
        AllocationId: allocationId,
        ConnectivityType: connectivityType as ConnectivityType,
        TagSpecifications: tagsOf("natgateway", tags),
      }),
    );
    const [address] = made.NatGateway?.NatGatewayAddresses ?? [];
    const outputs = { publicIp: address?.PublicIp, privateIp: address?.PrivateIp, tagsAll: tags ?? {} };
    return { id: made.NatGateway?.NatGatewayId ?? "", outputs };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] })));
    const [gateway] = seen?.NatGateways ?? [];
    return !gateway || gateway.State === "deleted" || gateway.State === "deleting"
      ? undefined
      : { subnetId: gateway.SubnetId };
  },
  update: (id, inputs, state) => retag(id, state.tags, inputs.tags),
  async delete(id) {
    await unlessGone(() => ec2().send(new DeleteNatGatewayCommand({ NatGatewayId: id })));
  },
});
