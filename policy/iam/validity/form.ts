/** What a document and its statements must have, by kind, and how long they may be. */
import type { Member, PolicyDocument, Problem, Statement } from "../document";
import type { DocumentKind } from "../locations";

const current = "2012-10-17";

export function* checkVersion({ version, statements, unknown }: PolicyDocument): Generator<Problem> {
  if (version === current || unknown.some((path) => path === "document" || path === "Version")) return;
  const variable = statements.flatMap(textsOf).find((text) => /\$\{[^}]+\}/.test(text));
  const literal = variable === undefined ? "" : `, in which "${variable}" is plain text, not a variable`;
  const fix = `write "Version": "${current}"`;
  if (version === undefined) yield { message: `it has no Version, which is the old 2008-10-17${literal}`, fix };
  else if (version === "2008-10-17") yield { message: `its Version is the old 2008-10-17${literal}`, fix };
  else yield { message: `its Version is ${JSON.stringify(version)}, which IAM refuses`, fix };
}

function textsOf({ resources, notResources, conditions }: Statement): string[] {
  return [...resources, ...notResources, ...conditions.flatMap(({ values }) => values)];
}

/** IAM's own documents take letters and digits only; services let other characters pass in a resource's policy. */
export function* checkSids({ statements }: PolicyDocument, kind: DocumentKind): Generator<Problem> {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === undefined) continue;
    if (seen.has(sid))
      yield { statement: sid, message: `the Sid "${sid}" stands there twice`, fix: "name it otherwise" };
    seen.add(sid);
    if (kind !== "resource" && !/^[A-Za-z0-9]*$/.test(sid)) {
      const fix = "IAM takes the letters A-Z and a-z and digits";
      yield {
        statement: sid,
        message: `the Sid ${JSON.stringify(sid)} has other characters than letters and digits`,
        fix,
      };
    }
  }
}

const pairs = [
  ["Action", "NotAction"],
  ["Resource", "NotResource"],
  ["Principal", "NotPrincipal"],
] as const;

/** Services whose policies name the resource in each statement. */
const naming = new Set(["s3", "sqs", "sns", "kms", "secretsmanager", "lambda", "execute-api"]);

export function* checkMembers(statement: Statement, kind: DocumentKind, service?: string): Generator<Problem> {
  const { label, given } = statement;
  const problem = (message: string, fix: string): Problem => ({ statement: label, message, fix });
  for (const [one, other] of pairs) {
    if (given.has(one) && given.has(other)) yield problem(`it has ${one} and ${other}`, `drop ${other}`);
  }
  const lacks = (one: Member, other: Member) => !given.has(one) && !given.has(other);
  if (lacks("Action", "NotAction")) yield problem("it has no Action", "name the actions");
  if (kind === "identity" && !lacks("Principal", "NotPrincipal")) {
    yield problem("it has a Principal", "drop it: an identity policy is about the one that it is attached to");
  }
  if ((kind === "trust" || kind === "resource") && lacks("Principal", "NotPrincipal")) {
    yield problem("it has no Principal", 'name who is let in, for example {"Service": "lambda.amazonaws.com"}');
  }
  if (kind === "trust") {
    if (!lacks("Resource", "NotResource")) yield problem("it has a Resource", "drop it: a trust is about its own role");
    const foreign = statement.actions.find((action) => action !== "*" && !/^sts:/i.test(action));
    if (foreign !== undefined) yield problem(`it has the action ${foreign}`, "a trust takes sts: actions only");
  } else if (lacks("Resource", "NotResource") && (kind !== "resource" || naming.has(service ?? ""))) {
    yield problem("it has no Resource", "name the ARNs");
  }
}

/** Characters at most, by AWS's quotas; a policy in a file may be of any of its kind's types. */
const limits: Readonly<Record<string, readonly [most: number, what: string]>> = {
  "aws:iam/policy:Policy": [6_144, "a managed policy"],
  "aws:iam/role:Role": [10_240, "all inline policies of a role"],
  "aws:iam/rolePolicy:RolePolicy": [10_240, "all inline policies of a role"],
  "aws:iam/groupPolicy:GroupPolicy": [5_120, "all inline policies of a group"],
  "aws:iam/userPolicy:UserPolicy": [2_048, "all inline policies of a user"],
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": [32_768, "a permission set's policy"],
  identity: [10_240, "an identity policy"],
  trust: [2_048, "a trust policy, unless the account's quota is raised"],
  s3: [20_480, "a bucket's policy"],
  kms: [32_768, "a key's policy"],
  secretsmanager: [20_480, "a secret's policy"],
  sns: [30_720, "a topic's policy"],
  sqs: [8_192, "a queue's policy"],
  ec2: [20_480, "an endpoint's policy"],
};

export function* checkSize(
  { size }: PolicyDocument,
  kind: DocumentKind,
  { service = "", type = "" }: { readonly service?: string | undefined; readonly type?: string | undefined },
): Generator<Problem> {
  const limit = limits[kind === "resource" ? service : kind === "trust" ? kind : type in limits ? type : kind];
  if (!limit || size <= limit[0]) return;
  const fix = "split it into several policies, or name fewer resources by a common prefix";
  yield { message: `it has ${size} characters; AWS takes ${limit[0]} for ${limit[1]}`, fix };
}
