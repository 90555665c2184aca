/** How many characters AWS takes, white space left out. */

import { findDocuments } from "../document/locations";
import { mostCharacters } from "../document/readDocument";
import type { DocumentKind, PolicyDocument, Problem } from "../model/document";

const roleType = "aws:iam/role:Role";
const inlineOfRole = [10_240, "all inline policies of a role together"] as const;
const session = [2_048, "a session policy"] as const;

/** By type of the resource, kind or service; a policy in a file may be of any of its kind's types. */
const limits: Readonly<Record<string, readonly [most: number, what: string]>> = {
  "aws:iam/policy:Policy": [6_144, "a managed policy"],
  [roleType]: inlineOfRole,
  "aws:iam/rolePolicy:RolePolicy": inlineOfRole,
  "aws:iam/groupPolicy:GroupPolicy": [5_120, "all inline policies of a group together"],
  "aws:iam/userPolicy:UserPolicy": [2_048, "all inline policies of a user together"],
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": [32_768, "a permission set's policy"],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": session,
  "aws:rolesanywhere/profile:Profile": session,
  "aws:transfer/access:Access": session,
  "aws:transfer/user:User": session,
  identity: [10_240, "an identity policy"],
  guardrail: [10_240, "a control policy"],
  s3: [20_480, "a bucket's policy"],
  kms: [32_768, "a key's policy"],
  secretsmanager: [20_480, "a secret's policy"],
  sns: [30_720, "a topic's policy"],
  sqs: [8_192, "a queue's policy"],
  ec2: [20_480, "an endpoint's policy"],
};

interface Place {
  readonly kind: DocumentKind;
  readonly document: PolicyDocument;
  readonly service?: string;
  readonly type?: string;
}

/** @param trustPolicySize the account's quota on a role's trust */
export function* checkSize(
  { kind, document: { size }, service = "", type = "" }: Place,
  trustPolicySize: number,
): Generator<Problem> {
  if (kind === "trust") {
    if (size <= trustPolicySize || size > mostCharacters) return;
    const message = `it has ${size} characters; the account's quota on a role's trust is ${trustPolicySize}`;
    yield {
      message,
      fix: "name fewer principals or conditions; of an account with a higher quota, set trustPolicySize",
    };
    return;
  }
  if (size > mostCharacters) return; // Told with the document itself.
  const limit = limits[kind === "resource" ? service : type in limits ? type : kind];
  if (!limit || size <= limit[0]) return;
  const fix = "split it into several policies, or name fewer resources by a common prefix";
  yield { message: `it has ${size} characters; AWS takes ${limit[0]} for ${limit[1]}`, fix };
}

/** A role's inline policies, each of which may be short enough by itself. */
export function* checkInlineSizes(props: Readonly<Record<string, unknown>>): Generator<Problem> {
  const documents = findDocuments(roleType, props).filter(({ kind }) => kind === "identity");
  const [most, what] = inlineOfRole;
  if (documents.some(({ document }) => document.unknown.length > 0 || document.size > most)) return;
  const size = documents.reduce((sum, { document }) => sum + document.size, 0);
  if (size <= most) return;
  const message = `its ${documents.length} inline policies have ${size} characters; AWS takes ${most} for ${what}`;
  yield { message, fix: "move some into managed policies, or name fewer resources by a common prefix" };
}
