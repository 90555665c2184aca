/** ARNs and principals that IAM refuses or that name nothing. */

import { hasWildcard, isStar } from "../matching/wildcard";
import type { DocumentKind, Principals, Problem, Statement } from "../model/document";

const partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/** Variables and wildcards may stand for a part. */
const isOpen = (part: string) => hasWildcard(part) || /\$\{[^}]*\}/.test(part);

export function* checkArns({ label, resources, notResources }: Statement): Generator<Problem> {
  for (const resource of [...resources, ...notResources]) {
    const problem = isStar(resource) ? undefined : problemOfArn(resource);
    if (problem) yield { statement: label, message: `its resource "${resource}" ${problem[0]}`, fix: problem[1] };
  }
}

function problemOfArn(resource: string): readonly [message: string, fix: string] | undefined {
  // API Gateway completes this short form in an API's own policy.
  if (/^execute-api:\//.test(resource)) return undefined;
  if (resource.trim() !== resource) return ["has white space around it", "take it away"];
  // A wildcard or variable at the beginning, such as `*orders`, may stand for all of these parts.
  const parts = resource.split(":");
  const [prefix = "", partition = "", service = "", , account = ""] = parts;
  if (isOpen(prefix)) return undefined;
  const form = "arn:<partition>:<service>:<region>:<account>:<resource>";
  if (prefix !== "arn") return ["isn't an ARN", `write "*" or ${form}`];
  if (parts.length < 6 && !resource.endsWith("*")) return [`has ${parts.length} parts of 6`, `write ${form}`];
  if (!isOpen(partition) && !partitions.includes(partition)) {
    return [`has the partition "${partition}"`, `write one of ${partitions.join(", ")}`];
  }
  if (service === "") return ["names no service", `write ${form}`];
  if (parts.length >= 6 && parts.slice(5).join(":") === "") return ["names no resource", `write ${form}`];
  if (account !== "" && account !== "aws" && !isOpen(account) && !/^\d{12}$/.test(account)) {
    return [`has the account "${account}"`, "an account has 12 digits"];
  }
  return undefined;
}

export function* checkPrincipals(
  { label, principals, notPrincipals }: Statement,
  kind: DocumentKind,
): Generator<Problem> {
  for (const each of [principals, notPrincipals]) {
    for (const [message, fix] of problemsOfPrincipals(each ?? {}, kind)) yield { statement: label, message, fix };
  }
}

function* problemsOfPrincipals(principals: Principals, kind: DocumentKind): Generator<readonly [string, string]> {
  const kinds = kind === "trust" ? ["AWS", "Service", "Federated"] : ["AWS", "Service", "Federated", "CanonicalUser"];
  for (const [of, names] of Object.entries(principals)) {
    if (!kinds.includes(of)) yield [`its Principal has the kind "${of}"`, `write one of ${kinds.join(", ")}`];
    for (const name of names) {
      if (of === "AWS" && !isAwsPrincipal(name)) {
        const fix = `write "*", an account of 12 digits, or the ARN of one role or user without wildcards`;
        yield [`its principal "${name}" is none`, fix];
      }
      if (
        of === "Service" &&
        !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/.test(name)
      ) {
        yield [`its service principal "${name}" is none`, "write <service>.amazonaws.com"];
      }
    }
  }
}

/** Unique ids (AROA…) stand where a role was deleted; IAM gives them out but doesn't take them. */
function isAwsPrincipal(name: string): boolean {
  if (name === "*" || /^\d{12}$/.test(name) || /\$\{/.test(name)) return true;
  const [, account = "", resource = ""] = /^arn:aws[\w-]*:(?:iam|sts)::([^:]*):(.+)$/.exec(name) ?? [];
  if (account === "cloudfront") return resource.startsWith("user/");
  return /^\d{12}$/.test(account) && /^(root|(user|role|assumed-role|federated-user)\/[^*?]+)$/.test(resource);
}
