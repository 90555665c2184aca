import { onlyLimits } from "../../document/resourcePolicies";
import type { DocumentRule } from "../../model/rule";
import { listed } from "../wording";

/** P5: an Allow by exclusion grants everything that nobody thought of. */
export const negations: DocumentRule = {
  id: "P5",
  name: "iam-no-allow-by-exclusion",
  title: "No Allow by exclusion",
  level: "mandatory",
  severity: "high",
  why: "Allow with NotAction, NotResource or NotPrincipal grants everything that is not named, and what AWS adds later.",
  details:
    "An Allow statement with NotAction, NotResource or NotPrincipal is refused. In a Deny they are the usual way to write an exception, and in a VPC endpoint's policy, which only limits, they grant nothing.",
  sources: ["checkov CKV_AWS_49", "AWS IAM user guide: NotAction, NotResource, NotPrincipal with Allow"],
  wrong: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ Sid: "NotIam", Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::orders/*" }],
    },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" }],
    },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource"],
  *check({ service, document }) {
    if (onlyLimits(service)) return;
    for (const { label, effect, notActions, notResources, notPrincipals, unknown } of document.statements) {
      if (effect !== "Allow") continue;
      const finding = (member: string, what: string, except: readonly string[], fix: string) => {
        const named = except.length > 0 ? `, all ${what} but ${listed(except)}` : "";
        return { statement: label, message: `it allows by ${member}${named}`, fix };
      };
      // What is excluded may not be known yet: that everything else is allowed is known.
      if (notActions.length > 0 || unknown.has("NotAction")) {
        yield finding("NotAction", "actions", notActions, "list the actions in Action");
      }
      if (notResources.length > 0 || unknown.has("NotResource")) {
        yield finding("NotResource", "resources", notResources, "list the ARNs in Resource");
      }
      if (notPrincipals) {
        const principals = Object.values(notPrincipals).flat();
        yield finding("NotPrincipal", "principals", principals, "list the principals in Principal");
      }
    }
  },
};
