/** The statement that refuses requests without TLS: whether a policy has it, and how to add it. */

import { hasWildcard } from "../../matching/wildcard";
import type { PolicyDocument, Statement } from "../../model/document";
import { asArray, isRecord } from "../../model/shape";
import { allows } from "../../principals/principal";

export type TlsService = "s3" | "sqs" | "sns";

export function isTlsService(service: string | undefined): service is TlsService {
  return service === "s3" || service === "sqs" || service === "sns";
}

/** Actions that the statement must cover. A topic's policy takes no `sns:*`: of its actions, publishing moves data. */
const needed: Readonly<Record<TlsService, readonly string[]>> = {
  s3: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectVersion", "s3:PutBucketPolicy"],
  sqs: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:GetQueueAttributes"],
  sns: ["sns:Publish"],
};

/** What the statement says of actions; also what is written by the remediation. */
export const tlsActions: Readonly<Record<TlsService, string>> = { s3: "s3:*", sqs: "sqs:*", sns: "sns:Publish" };

/** Undefined: it can't be told yet. */
export function isTlsOnly(document: PolicyDocument, service: TlsService): boolean | undefined {
  if (document.statements.some((statement) => refusesPlain(statement, service))) return true;
  const isPartlyUnknown = document.statements.some(({ effect, unknown }) => effect === "Deny" && unknown.size > 0);
  const isHidden = document.unknown.some((path) => /^(document|Statement(\[\d+\](\.Effect)?)?)$/.test(path));
  return isPartlyUnknown || isHidden ? undefined : false;
}

function refusesPlain(statement: Statement, service: TlsService): boolean {
  const { effect, principals, actions, resources, conditions, unknown } = statement;
  return (
    effect === "Deny" &&
    Object.values(principals ?? {}).some((of) => of.includes("*")) &&
    needed[service].every((action) => allows(actions, action)) &&
    (unknown.has("Resource") || coversAll(resources, service)) &&
    conditions.some(({ key, test, values }) => key === "aws:securetransport" && test === "Bool" && isFalse(values)) &&
    conditions.every(({ key }) => key === "aws:securetransport" || key === "aws:principalisawsservice")
  );
}

function isFalse(values: readonly string[]): boolean {
  return values.length > 0 && values.every((value) => value.toLowerCase() === "false");
}

/** Of S3, the bucket and its objects; a queue or topic policy is about the one. */
function coversAll(resources: readonly string[], service: TlsService): boolean {
  if (service !== "s3") return resources.length > 0;
  const names = resources.map((resource) => /^(?:arn:[^:]*:s3:::)?(.+)$/.exec(resource)?.[1] ?? "");
  const isBucket = (name: string) => !name.includes("/") && name !== "";
  const isObjects = (name: string) => /^[^/]*\*$/.test(name) || /^[^/]+\/\*$/.test(name);
  return names.some(isBucket) && names.some(isObjects);
}

/**
 * The policy with the statement added, in the form that it had; undefined when it can't be read.
 *
 * @param resources what the policy is about
 */
export function withTlsOnly(policy: unknown, service: TlsService, resources: readonly string[]): unknown {
  const document = typeof policy === "string" ? parse(policy) : policy;
  if (!isRecord(document) || resources.length === 0 || resources.some(hasWildcardName)) return undefined;
  const statements = asArray(document.Statement);
  const sids = new Set(statements.map((each) => (isRecord(each) ? each.Sid : undefined)));
  let sid = "TlsOnly";
  for (let number = 2; sids.has(sid); number++) sid = `TlsOnly${number}`;
  const added = {
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: tlsActions[service],
    Resource: resources.length === 1 ? resources[0] : resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const mended = { ...document, Statement: [...statements, added] };
  return typeof policy === "string" ? JSON.stringify(mended) : mended;
}

/** `/*` after a bucket is what is meant; a wildcard elsewhere means that the name isn't known. */
function hasWildcardName(resource: string): boolean {
  return hasWildcard(resource.replace(/\/\*$/, ""));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Rule P25 tells of it.
    return undefined;
  }
}
