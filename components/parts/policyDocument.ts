import * as pulumi from "@pulumi/pulumi";

/** A statement of an IAM or resource policy, in IAM's own spelling. */
export interface Statement {
  /** Why it is there: for all its actions, or for each of them. It stands in the list of grants, not in the policy. */
  readonly why: string | Readonly<Record<string, string>>;
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, pulumi.Input<string>>>;
  readonly Action: string | readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, ConditionValue>>>>;
}

type ConditionValue = pulumi.Input<string> | readonly pulumi.Input<string>[];

/** Known at preview as far as the statements are. */
export function policyDocument(statements: pulumi.Input<readonly Statement[]>): pulumi.Output<string> {
  return explainedDocument(statements);
}

/** Statements with their reasons as a document's text; those of a trust have no Sid or resource. */
export function explainedDocument<S extends Pick<Statement, "why">>(
  statements: pulumi.Input<readonly S[]>,
): pulumi.Output<string> {
  return pulumi.output(statements).apply((all) => {
    const plain = all as readonly (Pick<Statement, "why"> & { readonly Sid?: string })[];
    const text = JSON.stringify({
      Version: "2012-10-17",
      Statement: plain.map(({ why: _, ...statement }) => statement),
    });
    reasons.set(text, Object.fromEntries(plain.map(({ Sid = "", why }) => [Sid, why])));
    return text;
  });
}

/** By a document's text, then by Sid. */
const reasons = new Map<string, Readonly<Record<string, Statement["why"]>>>();

/** Why a document that was made here has the statement; undefined for a document that somebody else made. */
export function reasonIn(document: string, Sid: string | undefined, action: string): string | undefined {
  const why = reasons.get(document)?.[Sid ?? ""];
  return typeof why === "object" ? why[action] : why;
}

/** A topic's policy takes no `sns:*` ("out of service scope"); publishing is what others may do with one. */
const tlsActions = { s3: "s3:*", sqs: "sqs:*", sns: "sns:Publish" } as const;

/** Refuses every request to the resources that doesn't come over TLS; of a topic, publishing. */
export function tlsOnly(service: keyof typeof tlsActions, resources: readonly pulumi.Input<string>[]): Statement {
  return {
    why: "nothing goes unencrypted over the network",
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: tlsActions[service],
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
