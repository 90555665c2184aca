import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { document, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { iam } from "../clients";
import { found, unlessGone } from "../errors";

export const rolePolicy = defineResource({
  type: "aws:iam/rolePolicy:RolePolicy",
  properties: {
    name: text({ replaces: true }),
    role: text({ required: true, replaces: true }),
    policy: document({ required: true }),
  },
  naming: { input: "name" },
  async create({ name, role, policy }) {
    await iam().send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
    return { id: `${role}:${name}` };
  },
  async read(_id, { name, role }) {
    const seen = await found(() => iam().send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name })));
    return seen?.PolicyDocument === undefined ? undefined : { policy: decodeURIComponent(seen.PolicyDocument) };
  },
  async update(_id, { name, role, policy }) {
    await iam().send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
    return {};
  },
  async delete(_id, { name, role }) {
    await unlessGone(() => iam().send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name })));
  },
});
