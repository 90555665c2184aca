import type { ActionInfo } from "../../catalogue/actions";
import { type Reach, unconstrained, unrestrictable } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { asWritten, listed, onEveryResource } from "../wording";

const statement = { Sid: "Share", Effect: "Allow", Action: "sns:AddPermission" };

/** Some of what AWS's list calls permissions management only tells of permissions. */
const telling = /^(Get|List|Describe|BatchGet|Search|Check|Lookup|View|Is|Test|Validate)/;

export function changesPermissions({ access, name }: ActionInfo): boolean {
  return access.has("Permissions management") && !telling.test(name);
}

const isPermission = ({ action }: Reach) => changesPermissions(action);

/** P12: changing who may do what, on everything. */
export const permissionsManagement: DocumentRule = {
  id: "P12",
  name: "iam-no-unconstrained-permissions-management",
  title: "Permissions management on named resources",
  level: "mandatory",
  severity: "critical",
  why: "Who may change permissions everywhere can let themselves, or everybody, into every resource.",
  details:
    "Actions that AWS classes as permissions management (`s3:PutBucketPolicy`, `kms:PutKeyPolicy`, `iam:AttachRolePolicy`) are refused in " +
    "an Allow statement of an identity document when they are unconstrained in the sense of P4, on `*` or on all of a region " +
    "and account. Those that AWS can't restrict to a resource (`logs:PutResourcePolicy`, `s3:PutAccountPublicAccessBlock`) " +
    "act on the whole account: they are refused as well, unless a condition on one of their own keys must hold, and need an " +
    "exemption with its reason where a service can't do without.",
  sources: [
    "cloudsplaining ResourceExposure",
    "checkov CKV_AWS_109",
    "AWS service authorization reference: access levels",
  ],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Resource: "arn:aws:sns:eu-west-1:111122223333:orders" }],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) {
      yield* onEveryResource(each, unconstrained(each).filter(isPermission));
      const accountWide = unrestrictable(each).filter(isPermission);
      if (accountWide.length === 0) continue;
      const actions = accountWide.map(({ action }) => action.key);
      const message = `it allows ${listed(accountWide.map(asWritten))}, which AWS can't restrict to a resource`;
      const fix = `leave ${listed(actions)} to the deployment, or exempt it with a reason`;
      yield { statement: each.label, message, fix, actions };
    }
  },
};
