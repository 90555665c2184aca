import { AttachRolePolicyCommand, DetachRolePolicyCommand, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { iam } from "../clients";
import { found, unlessGone } from "../errors";

export const rolePolicyAttachment = defineResource({
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  properties: { role: text({ required: true }), policyArn: text({ required: true }) },
  async create({ role, policyArn }) {
    await iam().send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
    return { id: `${role}-${policyArn}` };
  },
  async read(_id, { role, policyArn }) {
    const seen = await found(() => iam().send(new ListAttachedRolePoliciesCommand({ RoleName: role })));
    return seen?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn) ? {} : undefined;
  },
  async delete(_id, { role, policyArn }) {
    await unlessGone(() => iam().send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })));
  },
});
