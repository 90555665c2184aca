import {
  DeleteLifecyclePolicyCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { document, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, ecr } from "../clients";
import { found, unlessGone } from "../errors";

export const lifecyclePolicy = defineResource({
  type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  properties: { repository: text({ required: true, replaces: true }), policy: document({ required: true }) },
  async create({ repository, policy }) {
    await ecr().send(new PutLifecyclePolicyCommand({ repositoryName: repository, lifecyclePolicyText: policy }));
    return { id: repository, outputs: { registryId: account } };
  },
  async read(id) {
    const seen = await found(() => ecr().send(new GetLifecyclePolicyCommand({ repositoryName: id })));
    return seen && { policy: seen.lifecyclePolicyText };
  },
  async update(id, { policy }) {
    await ecr().send(new PutLifecyclePolicyCommand({ repositoryName: id, lifecyclePolicyText: policy }));
    return {};
  },
  async delete(id) {
    await unlessGone(() => ecr().send(new DeleteLifecyclePolicyCommand({ repositoryName: id })));
  },
});
