/** Managed policies that resources attach to principals, and which of AWS's own are as good as the account. */

import { awsManaged, managedPolicy } from "../catalogue/managedPolicies";
import { readDocument } from "../document/readDocument";
import type { PolicyDocument } from "../model/document";
import type { Resource } from "../model/rule";
import type { Settings } from "../model/settings";
import { asArray } from "../model/shape";

/** Type → the property with one ARN or several. */
const attaching: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "managedPolicyArns",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
  "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
  "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": "managedPolicyArns",
};

export const attachingTypes: readonly string[] = Object.keys(attaching);

export interface AttachedArn {
  /** Property path. */
  readonly path: string;
  readonly arn: string;
}

/** The ARNs that are known. */
export function policiesAttachedBy({ type, props }: Pick<Resource, "type" | "props">): AttachedArn[] {
  const property = attaching[type];
  if (property === undefined) return [];
  const value = props[property];
  return asArray(value).flatMap((arn, i) =>
    typeof arn === "string" ? [{ path: Array.isArray(value) ? `${property}[${i}]` : property, arn }] : [],
  );
}

/** Of names that the data doesn't have, because AWS has them only now. */
const powerfulNames = /^(AdministratorAccess|PowerUser)|FullAccess(_?V\d+)?$/i;

/** Why a policy of AWS's own is refused, the gravest first; undefined where it is only wider than it needs to be. */
export function refusalOf(name: string): readonly string[] | undefined {
  const known = managedPolicy(name);
  return known
    ? known.because
    : powerfulNames.test(name)
      ? ["its name says that it gives all of a service"]
      : undefined;
}

/** Whether who has it can give themselves everything. */
export function isAdministrator(arn: string): boolean {
  return managedPolicy(awsManaged(arn) ?? "")?.isAdministrator === true;
}

/** The statements of AWS's own policies that ways of escalation are made of. */
export function escalationDocuments(arns: readonly string[]): PolicyDocument[] {
  return arns.flatMap((arn) => {
    const document = managedPolicy(awsManaged(arn) ?? "")?.escalation;
    return document ? [readDocument(JSON.stringify(document))] : [];
  });
}

export function isAllowed(arn: string, { allowedManagedPolicies }: Settings): boolean {
  return allowedManagedPolicies.includes(arn) || allowedManagedPolicies.includes(awsManaged(arn) ?? arn);
}
