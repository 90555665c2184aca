import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { blocks, document, flag, number, tags, text, texts } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { iam } from "../clients";
import { eventually, found, unlessGone } from "../errors";
import { droppedTags, tagList } from "../tags";
import { type InlinePolicy, putInlinePolicies, putManagedPolicies } from "./rolePolicies";

export const role = defineResource({
  type: "aws:iam/role:Role",
  properties: {
    name: text({ replaces: true }),
    path: text({ default: "/", replaces: true }),
    assumeRolePolicy: document({ required: true }),
    description: text(),
    maxSessionDuration: number(),
    permissionsBoundary: text({ replaces: true }),
    inlinePolicies: blocks<InlinePolicy>()(),
    managedPolicyArns: texts(),
    forceDetachPolicies: flag({ default: false, onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const name = inputs.name ?? "";
    // A principal that was made a moment ago isn't known to IAM everywhere at once.
    const made = await eventually(/MalformedPolicyDocument: Invalid principal/, () =>
      iam().send(
        new CreateRoleCommand({
          RoleName: name,
          Path: inputs.path,
          AssumeRolePolicyDocument: inputs.assumeRolePolicy,
          Description: inputs.description,
          MaxSessionDuration: inputs.maxSessionDuration,
          PermissionsBoundary: inputs.permissionsBoundary,
          Tags: tagList(inputs.tags),
        }),
      ),
    );
    await putInlinePolicies(name, [], inputs.inlinePolicies ?? []);
    await putManagedPolicies(name, [], inputs.managedPolicyArns ?? []);
    return {
      id: name,
      outputs: {
        arn: made.Role?.Arn,
        uniqueId: made.Role?.RoleId,
        createDate: made.Role?.CreateDate?.toISOString(),
        tagsAll: inputs.tags ?? {},
      },
    };
  },
  async read(id) {
    const seen = await found(() => iam().send(new GetRoleCommand({ RoleName: id })));
    if (!seen?.Role) return undefined;
    const trust = seen.Role.AssumeRolePolicyDocument;
    return { name: id, arn: seen.Role.Arn, ...(trust ? { assumeRolePolicy: decodeURIComponent(trust) } : {}) };
  },
  async update(id, inputs, state) {
    await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: inputs.assumeRolePolicy }));
    await iam().send(
      new UpdateRoleCommand({
        RoleName: id,
        Description: inputs.description,
        MaxSessionDuration: inputs.maxSessionDuration,
      }),
    );
    await putInlinePolicies(id, state.inlinePolicies ?? [], inputs.inlinePolicies ?? []);
    await putManagedPolicies(id, state.managedPolicyArns ?? [], inputs.managedPolicyArns ?? []);
    const dropped = droppedTags(state.tags, inputs.tags);
    if (dropped.length > 0) await iam().send(new UntagRoleCommand({ RoleName: id, TagKeys: dropped }));
    if (inputs.tags) await iam().send(new TagRoleCommand({ RoleName: id, Tags: tagList(inputs.tags) }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id, state) {
    const inline = await found(() => iam().send(new ListRolePoliciesCommand({ RoleName: id })));
    if (!inline) return;
    const own = new Set((state.inlinePolicies ?? []).map(({ name }) => name));
    for (const PolicyName of inline.PolicyNames ?? []) {
      if (own.has(PolicyName)) await iam().send(new DeleteRolePolicyCommand({ RoleName: id, PolicyName }));
    }
    const attached = await iam().send(new ListAttachedRolePoliciesCommand({ RoleName: id }));
    for (const { PolicyArn = "" } of attached.AttachedPolicies ?? []) {
      if (state.forceDetachPolicies || state.managedPolicyArns?.includes(PolicyArn)) {
        await iam().send(new DetachRolePolicyCommand({ RoleName: id, PolicyArn }));
      }
    }
    await unlessGone(() => iam().send(new DeleteRoleCommand({ RoleName: id })));
  },
});
