import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iam } from "../clients";
import { unlessGone } from "../errors";

export interface InlinePolicy {
  readonly name: string;
  readonly policy: string;
}

/** The policies written into the role itself. */
export async function putInlinePolicies(
  role: string,
  before: readonly InlinePolicy[],
  after: readonly InlinePolicy[],
): Promise<void> {
  for (const { name } of before.filter(({ name }) => !after.some((kept) => kept.name === name))) {
    await unlessGone(() => iam().send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name })));
  }
  for (const { name, policy } of after) {
    await iam().send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
  }
}

export async function putManagedPolicies(
  role: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  for (const arn of before.filter((arn) => !after.includes(arn))) {
    await unlessGone(() => iam().send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: arn })));
  }
  for (const arn of after.filter((arn) => !before.includes(arn))) {
    await iam().send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: arn }));
  }
}
