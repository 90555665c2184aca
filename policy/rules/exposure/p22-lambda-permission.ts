import type { Resource, ResourceRule } from "../../model/rule";
import { unknown } from "../../model/unknown";

const permissionType = "aws:lambda/permission:Permission";
const permission = {
  type: permissionType,
  name: "invoke",
  props: {
    action: "lambda:InvokeFunction",
    function: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
    principal: "s3.amazonaws.com",
    sourceArn: "arn:aws:s3:::orders",
  },
};

/** Services that tell Lambda the account that they act for. */
const tellingAccount = ["config", "events", "iot", "logs", "s3", "secretsmanager", "ses", "sns"];

/** P22: a service may invoke the function for anybody's bucket, topic or rule. */
export const lambdaPermission: ResourceRule = {
  id: "P22",
  name: "lambda-permission-source",
  title: "Lambda permissions name their source",
  level: "mandatory",
  severity: "high",
  why: "Without its source, a service invokes the function for whoever's bucket, topic or rule names it.",
  details:
    "A Lambda permission for a service needs sourceArn, sourceAccount or principalOrgId. For S3 it needs sourceAccount as well: a bucket's ARN has no account, and a deleted bucket's " +
    "name can be taken by anyone. Alexa needs eventSourceToken. A sourceArn of `*` or with a wildcard for the account counts as none. Where a stack sets the level to `remediate`, it sets sourceAccount to the function's own account, " +
    "where the function is given by ARN and the service tells its account (config, events, iot, logs, s3, secretsmanager, ses, sns). A permission for an account or `*` is rule P21.",
  sources: ["checkov CKV_AWS_364", "AWS FSBP Lambda.1", "AWS Lambda developer guide: permissions for services"],
  wrong: { resources: [permission] },
  right: { resources: [{ ...permission, props: { ...permission.props, sourceAccount: "111122223333" } }] },
  scope: "resource",
  types: [permissionType],
  *check({ props }) {
    const missing = missingSource(props);
    if (missing === undefined) return;
    const message = `it lets ${String(props.principal)} invoke the function for any ${missing === "eventSourceToken" ? "skill" : "account"}`;
    yield { message, fix: `set ${missing}${missing === "sourceArn" ? " or sourceAccount" : ""}` };
  },
  remediate({ props }) {
    const [, account] = /^arn:[^:]+:lambda:[^:]*:(\d{12}):function:/.exec(String(props.function)) ?? [];
    const service = /^([^.]+)\./.exec(String(props.principal))?.[1] ?? "";
    if (account === undefined || missingSource(props) === undefined || !tellingAccount.includes(service))
      return undefined;
    return { sourceAccount: account };
  },
};

function missingSource(props: Resource["props"]): string | undefined {
  const { principal, sourceArn, sourceAccount, principalOrgId, eventSourceToken } = props;
  if (typeof principal !== "string" || !/^[\w-]+(\.[\w-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com)$/.test(principal)) {
    return undefined;
  }
  if (isGiven(sourceAccount) || isGiven(principalOrgId)) return undefined;
  if (principal === "alexa-appkit.amazon.com") return isGiven(eventSourceToken) ? undefined : "eventSourceToken";
  if (/^s3\./.test(principal)) return "sourceAccount";
  return isGiven(sourceArn) && !isLooseArn(sourceArn) ? undefined : "sourceArn";
}

function isGiven(value: unknown): boolean {
  return value === unknown || (typeof value === "string" && value !== "");
}

function isLooseArn(arn: unknown): boolean {
  return typeof arn === "string" && (/^[*?]/.test(arn) || /^arn:[^:]*:[^:]*:[^:]*:[^:]*[*?]/.test(arn));
}
