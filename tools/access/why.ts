/** Why a role has what it has: from the functions' permissions.ts, else from the statement's Sid. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FoundGrant } from "../../policy/access/grants";
import { asArray, isRecord } from "../../policy/model/shape";

interface Reason {
  /** Name of the function's folder and of the export: what one role is given as a whole. */
  readonly set: string;
  /** Resource role, for example `landingBucket`. */
  readonly role: string;
  readonly action: string;
  readonly suffix: string;
  readonly why: string;
}

export type Reasons = readonly Reason[];

const functions = join(__dirname, "../../functions");

/** What components add to the statements that come from permissions.ts. */
const bySid: Readonly<Record<string, string>> = {
  Alarms: "CloudWatch sends the alarms",
  Artifacts: "stores what dbt leaves behind, and reads it to say what failed",
  Buckets: "S3 announces new objects of the source buckets",
  ConsumeQueue: "Lambda takes the messages from the queue for the function",
  DecryptFiles: "reads files that are encrypted with a customer's key",
  FindBucket: "Snowflake asks which region the bucket is in",
  Fivetran: "Fivetran runs the connector with the role, told apart by the External ID",
  ListFiles: "Snowflake lists the stage's files",
  Log: "writes its log",
  Logs: "writes its log",
  Pull: "starts the container from its image",
  ReadFiles: "Snowflake reads the stage's files",
  Secret: "is given the secret as it starts",
  SecretKey: "reads a secret that is encrypted with a customer's key",
  SignIn: "signs in to the registry; AWS knows no resource for it",
  Snowflake: "Snowflake's user takes the role, told apart by the External ID",
  StartRuns: "the schedule starts an execution",
  TellErrors: "Snowflake tells of files that could not be loaded",
  TlsOnly: "nothing goes unencrypted over the network",
  Traces: "writes its traces; AWS knows no resource for it",
};

/** What a state machine's steps call, by action (Sid `Call<n>`). */
const ofSteps: Readonly<Record<string, string>> = {
  "dynamodb:DeleteItem": "gives the run lock back",
  "dynamodb:GetItem": "sees which execution holds the run lock",
  "dynamodb:PutItem": "takes the run lock, so that runs don't overlap",
  "dynamodb:UpdateItem": "takes the run lock over",
  "ecs:DescribeTasks": "waits for the container to end",
  "ecs:RunTask": "starts the dbt container",
  "ecs:StopTask": "stops the container when the execution is stopped",
  "events:DescribeRule": "is told when the container ends",
  "events:PutRule": "is told when the container ends",
  "events:PutTargets": "is told when the container ends",
  "iam:PassRole": "gives the container its roles, and no other service",
  "lambda:InvokeFunction": "calls the functions of its steps",
  "s3:GetObject": "reads dbt's summary, to say what failed",
  "sns:Publish": "tells of failures",
  "states:DescribeExecution": "sees whether the execution that holds the run lock still runs",
};

export async function readReasons(): Promise<Reasons> {
  const files = readdirSync(functions, { recursive: true, encoding: "utf8" })
    .filter((path) => basename(path) === "permissions.ts")
    .sort();
  const lists = await Promise.all(
    files.map(async (file) => {
      const folder = basename(dirname(file));
      const exported: unknown = await import(join(functions, file));
      return isRecord(exported) || typeof exported === "object"
        ? Object.entries(exported as object).flatMap(([name, permissions]) =>
            reasonsOf(`${folder}/${name}`, permissions),
          )
        : [];
    }),
  );
  return lists.flat();
}

function reasonsOf(set: string, permissions: unknown): Reason[] {
  if (!isRecord(permissions)) return [];
  return Object.entries(permissions).flatMap(([role, grants]) =>
    asArray(grants)
      .filter(isRecord)
      .flatMap(({ actions, suffix = "", why }) =>
        asArray(actions).map((action) => ({
          set,
          role,
          action: String(action),
          suffix: String(suffix),
          why: String(why),
        })),
      ),
  );
}

/** Those of the reasons that are for this principal: of the set that most of its grants fit. */
function reasonsFor(grants: readonly FoundGrant[], reasons: Reasons): Reasons {
  const fits = ({ role, action }: Reason) =>
    grants.some((grant) => roleOf(grant) === role && grant.actions.includes(action));
  const who = grants[0]?.who ?? "";
  const scores = [...new Set(reasons.map(({ set }) => set))].map((set) => {
    const of = reasons.filter((each) => each.set === set);
    const matched = of.filter(fits).length;
    const isNamed = who.includes(set.split("/")[0] ?? set) ? 1 : 0;
    return { of, score: matched === 0 ? 0 : matched + isNamed + matched / of.length };
  });
  return scores.reduce((best, each) => (each.score > best.score ? each : best), { of: [] as Reasons, score: 0 }).of;
}

/** `LandingBucket2n1` is the second grant of `landingBucket`, first part. */
function roleOf({ sid = "" }: FoundGrant): string | undefined {
  const [, role] = /^(.+?)\d+(?:n\d+)?$/.exec(sid) ?? [];
  return role && role.charAt(0).toLowerCase() + role.slice(1);
}

/** @param all every grant of the same principal */
export function whyOf(
  grant: FoundGrant,
  action: string,
  all: readonly FoundGrant[],
  everyReason: Reasons,
): string | undefined {
  const { sid = "", resources, resource, actions } = grant;
  const reasons = reasonsFor(all, everyReason);
  const named = reasons.filter((each) => each.role === roleOf(grant) && each.action === action);
  const suited = named.filter(({ suffix }) => resources.every((of) => endsLike(of, suffix)));
  const [best] = suited.sort((a, b) => b.suffix.length - a.suffix.length);
  if (best) return best.why;
  const stem = sid.replace(/\d+$/, "");
  if (stem === "Call" && ofSteps[action] !== undefined) return ofSteps[action];
  if (bySid[stem] !== undefined) return bySid[stem];
  if (actions.every((each) => /^sts:/.test(each))) return "takes the role";
  if (resource.type === "aws:lambda/permission:Permission") return "invokes the function";
  return undefined;
}

/** A component may narrow the suffix to a prefix: `/*` to `/orders/*`. */
function endsLike(resource: string, suffix: string): boolean {
  return resource.endsWith(suffix) || (suffix === "/*" && /\/.*\*$/.test(resource));
}
