/** What a document and its statements must have, by kind. */
import type { DocumentKind, Member, PolicyDocument, Problem, Statement } from "../model/document";

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
  if (kind === "guardrail" && !lacks("Principal", "NotPrincipal") && !isForEverybody(statement)) {
    const fix =
      'drop it, or write "*" in a resource control policy; pick principals by a condition on aws:PrincipalArn';
    yield problem("it names principals, which no control or session policy does", fix);
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

/** All that a resource control policy takes; where it isn't known yet, it may be that. */
function isForEverybody({ given, principals, unknown }: Statement): boolean {
  const [name, ...others] = Object.values(principals ?? {}).flat();
  return !given.has("NotPrincipal") && (unknown.has("Principal") || (name === "*" && others.length === 0));
}
