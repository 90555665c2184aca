import { actionsOf } from "../../catalogue/actions";
import { onlyLimits } from "../../document/resourcePolicies";
import { expandAction } from "../../matching/expand";
import { hasWildcard, isStar } from "../../matching/wildcard";
import type { DocumentRule } from "../../model/rule";
import { isKeyRoot } from "../../principals/keyRoot";

/** P2: `svc:*` is every action of a service, its deletions and permissions included. */
export const serviceWildcard: DocumentRule = {
  id: "P2",
  name: "iam-no-service-wildcard",
  title: "No service wildcards",
  level: "mandatory",
  severity: "high",
  why: "A service wildcard allows all actions of the service, deletions and permissions included, and those that AWS adds later.",
  details:
    "An Allow statement with an action `<service>:*`, in whatever spelling that covers every action of the service (`s3:**`, `s3:?*`), is " +
    "refused, also when its Resource is narrow. A Deny of it is fine, and so is a VPC endpoint's policy, which only limits; partial wildcards are rule P3.",
  sources: ["checkov CKV_AWS_107 to CKV_AWS_111", "cdk-nag AwsSolutions-IAM5", "cloudsplaining ServiceWildcard"],
  wrong: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Orders",
          Effect: "Allow",
          Action: "dynamodb:*",
          Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        },
      ],
    },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Orders",
          Effect: "Allow",
          Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
          Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        },
      ],
    },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource"],
  *check({ service: ofPolicy, document }) {
    if (onlyLimits(ofPolicy)) return;
    for (const statement of document.statements) {
      const { label, effect, actions } = statement;
      // Who has kms:* on a key is rule P20's business.
      if (effect !== "Allow" || (ofPolicy === "kms" && isKeyRoot(statement))) continue;
      for (const action of actions) {
        const service = serviceOfWildcard(action);
        if (service === undefined) continue;
        const count = actionsOf(service).size;
        const message = `it allows "${action}", every action of ${service}${count > 0 ? ` (${count} today)` : ""}`;
        const fix = `list the ${service} actions that the code calls, for example from its SDK commands`;
        yield { statement: label, message, fix, actions: [action] };
      }
    }
  },
};

/** The service all of whose actions the pattern covers, in lower case; undefined for any other pattern. */
export function serviceOfWildcard(pattern: string): string | undefined {
  const [service = "", name] = pattern.toLowerCase().split(":");
  if (name === undefined || !hasWildcard(name) || service === "" || isStar(service)) return undefined;
  if (isStar(name)) return service;
  const all = actionsOf(service).size;
  return all > 0 && expandAction(pattern).length === all ? service : undefined;
}
