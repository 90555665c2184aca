/** Who may do what, read from the policies of a stack's resources. */

import { findDocuments } from "../document/locations";
import type { FoundDocument, Principals, Statement } from "../model/document";
import { asArray } from "../model/shape";
import { unknown } from "../model/unknown";
import { type GraphResource, text } from "./graph";

/** One statement, for one principal. */
export interface Grant {
  /** `role x`, `Service sqs.amazonaws.com`, … */
  readonly who: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `StringEquals aws:SourceAccount: 000000000000`, sorted. */
  readonly conditions: readonly string[];
}

/** A grant and where it stands, for its reason. */
export interface FoundGrant extends Grant {
  readonly resource: GraphResource;
  readonly sid: string | undefined;
}

export interface Access {
  readonly grants: readonly FoundGrant[];
  /** Documents or parts of them that aren't known. */
  readonly unknown: readonly string[];
}

export function accessOf(resources: readonly GraphResource[]): Access {
  const holders = holdersOf(resources);
  const hidden: string[] = [];
  const grants = resources.flatMap((resource) => {
    const { type, name, props } = resource;
    // A guardrail grants nothing.
    const documents = findDocuments(type, props).filter(({ kind }) => kind !== "guardrail");
    for (const { path, document } of documents) {
      hidden.push(...document.unknown.map((part) => `${name}: ${path}${part === "document" ? "" : ` ${part}`}`));
    }
    return [
      ...documents.flatMap((found) =>
        found.document.statements.flatMap((s) => fromStatement(resource, found, s, holders)),
      ),
      ...(documents.length === 0 ? fromLambdaPermission(resource) : []),
      ...fromManagedPolicies(resource, holders),
    ];
  });
  return { grants, unknown: hidden };
}

/** Policy ARN → who it is attached to. */
type Holders = ReadonlyMap<string, readonly string[]>;

function fromStatement(
  resource: GraphResource,
  { kind, document: _ }: FoundDocument,
  statement: Statement,
  holders: Holders,
): FoundGrant[] {
  const own = text(resource.props.arn) ?? resource.name;
  const resources = statement.resources.filter((each) => each !== "*" || kind === "identity");
  const not = (prefix: string, of: readonly string[]) => of.map((each) => `${prefix} ${each}`);
  const grant = {
    effect: statement.effect,
    actions: [...statement.actions, ...not("all but", statement.notActions)].sort(),
    resources:
      kind === "trust" || resources.length + statement.notResources.length === 0
        ? [own]
        : [...resources, ...not("all but", statement.notResources)].sort(),
    conditions: statement.conditions
      .map(({ operator, key, values }) => `${operator} ${key}: ${[...values].sort().join(", ")}`)
      .sort(),
    resource,
    sid: statement.sid,
  };
  const who =
    kind === "identity"
      ? principalsOf(resource, holders)
      : [...principalTexts(statement.principals), ...not("all but", principalTexts(statement.notPrincipals))];
  return who.map((each) => ({ who: each, ...grant }));
}

function principalTexts(principals: Principals | undefined): string[] {
  return Object.entries(principals ?? {}).flatMap(([kind, of]) =>
    of.map((each) => (each === "*" ? "everybody" : `${kind} ${each}`)),
  );
}

/** Whose identity policy it is. */
function principalsOf({ type, name, props }: GraphResource, holders: Holders): readonly string[] {
  if (type === "aws:iam/role:Role") return [`role ${text(props.name) ?? name}`];
  for (const kind of ["role", "user", "group"]) {
    const of = text(props[kind]);
    if (of !== undefined) return [`${kind} ${of}`];
  }
  return holders.get(text(props.arn) ?? name) ?? [`nobody yet (policy ${text(props.name) ?? name})`];
}

function holdersOf(resources: readonly GraphResource[]): Holders {
  const holders = new Map<string, string[]>();
  for (const resource of resources) {
    for (const [policy, who] of attachmentsOf(resource)) holders.set(policy, [...(holders.get(policy) ?? []), who]);
  }
  return holders;
}

function attachmentsOf({ type, name, props }: GraphResource): (readonly [policy: string, who: string])[] {
  const own = type === "aws:iam/role:Role" ? (text(props.name) ?? name) : undefined;
  if (!/^aws:iam\/(role|.*[aA]ttachment.*):/.test(type)) return [];
  const policies = [props.policyArn, ...asArray(props.policyArns), ...asArray(props.managedPolicyArns)];
  const who = [
    ...[own ?? props.role ?? props.roleName, ...asArray(props.roles)].map((of) => ["role", of] as const),
    ...[props.user ?? props.userName, ...asArray(props.users)].map((of) => ["user", of] as const),
    ...[props.group ?? props.groupName, ...asArray(props.groups)].map((of) => ["group", of] as const),
  ].flatMap(([kind, of]) => (text(of) === undefined ? [] : [`${kind} ${of}`]));
  return policies.flatMap((policy) => {
    const arn = text(policy);
    return arn === undefined ? [] : who.map((each) => [arn, each] as const);
  });
}

/** Policies whose document isn't in the stack. */
function fromManagedPolicies(resource: GraphResource, _: Holders): FoundGrant[] {
  return attachmentsOf(resource)
    .filter(([policy]) => /^arn:[^:]+:iam::aws:policy\//.test(policy))
    .map(([policy, who]) => ({
      who,
      effect: "Allow",
      actions: [`all of ${policy}`],
      resources: ["*"],
      conditions: [],
      resource,
      sid: undefined,
    }));
}

function fromLambdaPermission(resource: GraphResource): FoundGrant[] {
  const { type, props } = resource;
  if (type !== "aws:lambda/permission:Permission") return [];
  const condition = (key: string, value: unknown, operator: string): string[] => {
    if (value === undefined || value === null) return [];
    return [`${operator} ${key}: ${value === unknown ? "(unknown)" : String(value)}`];
  };
  const principal = text(props.principal) ?? "(unknown)";
  return [
    {
      who: principal === "*" ? "everybody" : `${principal.includes(".") ? "Service" : "AWS"} ${principal}`,
      effect: "Allow",
      actions: [text(props.action) ?? "lambda:InvokeFunction"],
      resources: [text(props.function) ?? "(unknown)"],
      conditions: [
        ...condition("aws:sourceaccount", props.sourceAccount, "StringEquals"),
        ...condition("aws:sourcearn", props.sourceArn, "ArnLike"),
      ],
      resource,
      sid: text(props.statementId),
    },
  ];
}
