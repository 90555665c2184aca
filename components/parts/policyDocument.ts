import * as pulumi from "@pulumi/pulumi";

/** A statement of an IAM or resource policy, in IAM's own spelling. */
export interface Statement {
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
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** A topic's policy takes no `sns:*` ("out of service scope"); publishing is what others may do with one. */
const tlsActions = { s3: "s3:*", sqs: "sqs:*", sns: "sns:Publish" } as const;

/** Refuses every request to the resources that doesn't come over TLS; of a topic, publishing. */
export function tlsOnly(service: keyof typeof tlsActions, resources: readonly pulumi.Input<string>[]): Statement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: tlsActions[service],
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
