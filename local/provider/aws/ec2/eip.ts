import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  type DomainType,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { retag, tagsOf } from "./tags";

export const eip = defineResource({
  type: "aws:ec2/eip:Eip",
  properties: { domain: text({ default: "vpc", replaces: true }), tags: tags() },
  async create({ domain, tags }) {
    const made = await ec2().send(
      new AllocateAddressCommand({ Domain: domain as DomainType, TagSpecifications: tagsOf("elastic-ip", tags) }),
    );
    const id = made.AllocationId ?? "";
    const outputs = { allocationId: id, publicIp: made.PublicIp, arn: ec2Arn("elastic-ip", id), tagsAll: tags ?? {} };
    return { id, outputs };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeAddressesCommand({ AllocationIds: [id] })));
    return seen?.Addresses?.[0] && { publicIp: seen.Addresses[0].PublicIp };
  },
  update: (id, inputs, state) => retag(id, state.tags, inputs.tags),
  async delete(id) {
    await unlessGone(() => ec2().send(new ReleaseAddressCommand({ AllocationId: id })));
  },
});
