/** Does to a document what a finding's fix says, as whoever reads it would. */

import type { ExampleResource } from "../../policy/model/rule";
import { isRecord } from "../../policy/model/shape";
import type { Violation } from "../../policy/pack/judge";

type Json = Record<string, unknown>;

/** One way to follow the fix: what it makes of the document; undefined where that way isn't open. */
export interface Reading {
  readonly name: string;
  readonly apply: (document: Json) => Json | undefined;
}

const values: Readonly<Record<string, string>> = {
  Partition: "aws",
  Region: "eu-west-1",
  region: "eu-west-1",
  Account: "111122223333",
  account: "111122223333",
  KeyId: "0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11",
  "key id": "0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11",
  uuid: "0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11",
  InstanceId: "i-0123456789abcdef0",
  UserPoolId: "eu-west-1_Ab12Cd34E",
  SecretId: "orders-Ab12Cd",
  service: "lambda",
  key: "team",
};

/** `${Account}` and `<account>` with something that fits. */
export function filled(text: string): string {
  return text.replace(/\$\{(\w+)\}|<([\w ]+)>/g, (_, name: string, other: string) => values[name ?? other] ?? "orders");
}

function statementsOf(document: Json): Json[] {
  return [document.Statement].flat().filter(isRecord);
}

/** The document with another statement, or several, in place of the one that is meant. */
function withStatement(document: Json, label: string | undefined, change: (statement: Json) => Json[] | undefined) {
  let isOpen = true;
  const Statement = statementsOf(document).flatMap((each, i) => {
    if ((each.Sid ?? `#${i}`) !== label) return [each];
    const changed = change(each);
    if (!changed) isOpen = false;
    return changed ?? [each];
  });
  return isOpen ? { ...document, Statement } : undefined;
}

function withCondition(statement: Json, condition: Json): Json[] {
  const Condition: Json = { ...((statement.Condition as Json | undefined) ?? {}) };
  for (const [operator, keys] of Object.entries(condition)) {
    const named = Object.keys(keys as Json).map((key) => key.toLowerCase());
    // What stood there about the same key is what the finding is about.
    for (const [other, of] of Object.entries(Condition)) {
      const kept = Object.entries(of as Json).filter(([key]) => !named.includes(key.toLowerCase()));
      if (kept.length === 0) delete Condition[other];
      else Condition[other] = Object.fromEntries(kept);
    }
    Condition[operator] = { ...((Condition[operator] as Json | undefined) ?? {}), ...(keys as Json) };
  }
  return [{ ...statement, Condition }];
}

/** Each action with the first form that is named for it, each in a statement of its own. */
function byResource(statement: Json, fix: string, actions: readonly string[]): Json[] | undefined {
  const [, forms] = /name the resources in Resource \((.*?)\)(?:, or add |$)/.exec(fix) ?? [];
  if (forms === undefined) return undefined;
  const told = [...forms.matchAll(/([\w-]+:\w+) takes (arn:[^\s,)]+)/g)];
  // Of long lists the rest isn't told.
  if (told.length < actions.length) return undefined;
  const { Sid: _, NotAction: __, NotResource: ___, ...rest } = statement;
  return told.map(([, action, arn = ""]) => ({ ...rest, Action: action, Resource: filled(arn) }));
}

type Resources = readonly ExampleResource[];

const own = (name: string) => `arn:aws:iam::111122223333:policy/${name}`;

/** What the fix of a finding on a resource makes of the stack; none where only the author knows what to write. */
export function stackReadingsOf({ fix, urn = "", message, rule }: Violation): ((all: Resources) => Resources)[] {
  const onIt =
    (change: (props: Json, resource: ExampleResource) => Json, name = urn) =>
    (all: Resources) =>
      all.map((each) => (each.name === name ? { ...each, props: change({ ...each.props }, each) } : each));
  const setting = (more: Json) => onIt((props) => ({ ...props, ...more }));
  const samples: Json = {
    sourceArn: "arn:aws:sns:eu-west-1:111122223333:orders",
    sourceAccount: "111122223333",
    eventSourceToken: "amzn1.ask.skill.1",
    principalOrgId: "o-a1b2c3d4e5",
  };
  const [, one = "", other = ""] = /^set (\w+)(?: or (\w+)|, or name the principal)?$/.exec(fix) ?? [];
  if (one in samples)
    return [one, other].filter((key) => key in samples).map((key) => setting({ [key]: samples[key] }));
  const [, property = "", value = ""] = /^set (\w+) to "([^"]+)"/.exec(fix) ?? [];
  if (property !== "") return [setting({ [property]: value })];
  const [, flags] = /^set ([\w, ]+) to true$/.exec(fix) ?? [];
  if (flags) return [setting(Object.fromEntries(flags.split(", ").map((flag) => [flag, true])))];
  const [, block] = /^add a BucketPublicAccessBlock with ([\w, ]+) set to true$/.exec(fix) ?? [];
  if (block) {
    const props = Object.fromEntries(block.split(", ").map((flag) => [flag, true]));
    const type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    return [(all) => [...all, { type, name: "added", props, dependencies: { bucket: [urn] } }]];
  }
  if (/^(attach a policy of your own|write a policy with these actions)/.test(fix)) {
    const [, list = "", index] = /^(\w+)(?:\[(\d+)\])? is AWS's/.exec(message) ?? [];
    return [
      onIt((props) => {
        if (index === undefined) return { ...props, [list]: own("orders") };
        return {
          ...props,
          [list]: (props[list] as string[]).map((arn, i) => (i === Number(index) ? own("orders") : arn)),
        };
      }),
    ];
  }
  const [, whose] = /^give (\S+) a role of its own/.exec(fix) ?? [];
  if (whose && rule.id === "P30") {
    const name = whose === "the" ? urn : whose;
    return [
      (all) =>
        all.map((each) => {
          if (each.name !== name) return each;
          const key = ["role", "taskRoleArn", "roleArn", "serviceRole"].find(
            (of) => of in each.props || of in (each.dependencies ?? {}),
          );
          const { [key ?? "role"]: _, ...dependencies } = each.dependencies ?? {};
          return {
            ...each,
            props: { ...each.props, [key ?? "role"]: "arn:aws:iam::111122223333:role/own" },
            dependencies,
          };
        }),
    ];
  }
  const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-Ab12Cd";
  const [, path = ""] = /^([\w.]+(?:\[\d+\][\w.]*)*): /.exec(message) ?? [];
  const variable = path.split(".").pop() ?? "";
  if (/give what runs the secret's ARN/.test(fix)) {
    return [
      onIt((props) =>
        JSON.parse(JSON.stringify(props).replace(new RegExp(`"${variable}":"[^"]*"`), `"${variable}":"${arn}"`)),
      ),
    ];
  }
  return [];
}

/** The ways that a fix leaves open. Undefined: what to write, only the author knows. */
export function readingsOf({ fix, statement: label, actions = [], message }: Violation): Reading[] | undefined {
  const change = (name: string, to: (statement: Json) => Json[] | undefined): Reading => ({
    name,
    apply: (document) => withStatement(document, label, to),
  });
  const condition = (text: string, name = "the condition") =>
    change(name, (each) => withCondition(each, JSON.parse(filled(text))));
  const [, keys] = /(?:, or add|^add) a condition on ([^;]+)$/.exec(fix) ?? [];
  const onKey = [...(keys ?? "").replace(/ and \d+ more$/, "").matchAll(/[\w-]+:[\w/<>-]+/g)].map(([key]) =>
    change(`a condition on ${key}`, (each) => {
      const isArn = /arn$/i.test(key);
      const value = isArn ? "arn:aws:s3:eu-west-1:111122223333:accesspoint/orders" : "orders";
      return withCondition(each, { [isArn ? "ArnEquals" : "StringEquals"]: { [filled(key)]: value } });
    }),
  );
  if (/^name the resources in Resource/.test(fix)) {
    return [change("the resources", (each) => byResource(each, fix, actions)), ...onKey];
  }
  if (onKey.length > 0 && /^add a condition on /.test(fix)) return onKey;
  const added = /^add (?:the condition |Condition )(\{.*?\}\})(?:, or better (\{.*\}\}))?/.exec(fix);
  if (added?.[1]) {
    return [condition(added[1]), ...(added[2] ? [condition(added[2], "the better condition")] : [])];
  }
  const [, moved, to] = /^move ([\w-]+:\w+) to a statement of its own, with the condition (\{.*\}\})$/.exec(fix) ?? [];
  if (moved && to) {
    return [
      change("a statement of its own", (each) => {
        const { Sid: _, ...rest } = each;
        const [own] = withCondition({ ...rest, Action: moved }, JSON.parse(filled(to)));
        const others = [each.Action].flat().filter((of) => of !== moved);
        return others.includes("*") ? undefined : [{ ...each, Action: others }, own as Json];
      }),
    ];
  }
  const [, null_] = /^add (\{"Null": .*\}\})$/.exec(fix) ?? [];
  if (null_) return [condition(null_)];
  const [, listed] = /^list those that the code calls, of ([^;]*);/.exec(fix) ?? [];
  if (listed !== undefined) {
    return [
      change("one of the actions", (each) => {
        const Action = [each.Action].flat().map((of) => (of === actions[0] ? listed.split(", ")[0] : of));
        return [{ ...each, Action }];
      }),
    ];
  }
  const [, key = "", value = ""] = /^restrict (\S+) to [^:]+: "([^"]+)"/.exec(fix) ?? [];
  if (key !== "") {
    const operator = filled(value).includes("*") ? "StringLike" : "StringEquals";
    return [change("the claim", (each) => withCondition(each, { [operator]: { [key]: filled(value) } }))];
  }
  const [, principal] = /^name the role or user: (\{.*?\})/.exec(fix) ?? [];
  if (principal) return [change("the principal", (each) => [{ ...each, Principal: JSON.parse(filled(principal)) }])];
  const [, statement] = /^add (\{"Effect": "Deny".*\})$/.exec(fix) ?? [];
  if (statement) {
    return [
      {
        name: "the statement",
        apply: (document) => {
          const arn = statementsOf(document)
            .flatMap((each) => [each.Resource].flat())
            .find((of) => /^arn:/.test(String(of)));
          const own = String(arn ?? "arn:aws:sqs:eu-west-1:111122223333:orders").replace(/\/\*$/, "");
          const added = JSON.parse(statement.replaceAll("<its ARN>", own).replaceAll("<bucket ARN>", own));
          return { ...document, Statement: [...statementsOf(document), added] };
        },
      },
    ];
  }
  if (/^name the (principals|roles), or add a condition on /.test(fix)) {
    const conditions: Readonly<Record<string, Json>> = {
      "aws:SourceAccount": { StringEquals: { "aws:SourceAccount": "111122223333" } },
      "aws:SourceArn": { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:orders" } },
      "aws:PrincipalOrgID": { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      "kms:CallerAccount": { StringEquals: { "kms:CallerAccount": "111122223333" } },
    };
    return [
      change("the principals", (each) => [{ ...each, Principal: { AWS: "arn:aws:iam::111122223333:role/orders" } }]),
      ...Object.entries(conditions)
        .filter(([key]) => fix.includes(key))
        .map(([key, of]) => change(`a condition on ${key}`, (each) => withCondition(each, of))),
    ];
  }
  const [, arn] = /^name the keys: (arn:.*<key id>), or/.exec(fix) ?? [];
  if (arn) return [change("the keys", (each) => [{ ...each, Resource: filled(arn) }])];
  const groups = /^name the actions: (.+) for users of the key; (.+) for its administrators$/.exec(fix);
  if (groups) {
    return groups.slice(1).map((of) => change(of, (each) => [{ ...each, Action: of.split(", ") }]));
  }
  if (fix === 'write "Version": "2012-10-17"') {
    return [{ name: "the version", apply: (document) => ({ ...document, Version: "2012-10-17" }) }];
  }
  const [, meant] = /^did you mean ([^?]+)\?/.exec(fix) ?? [];
  const [, wrong] = /"?([\w-]+:\w+)"?\)?$/.exec(message) ?? [];
  if (meant && wrong) {
    const write = (document: Json) =>
      JSON.parse(
        JSON.stringify(document).replaceAll(wrong, meant.includes(":") ? meant : wrong.replace(/^[^:]+/, meant)),
      );
    return [{ name: "the name", apply: write }];
  }
  const [, operator] = /^(?:write|use) ((?:String|Bool|Ip|Arn|Numeric|Date)\w*)$/.exec(fix) ?? [];
  const [, quantifier] = /^write it without (\w+)$/.exec(fix) ?? [];
  const [, written = "", about = ""] = /\b((?:For\w+:)?[A-Z]\w+) (?:on|doesn't fit) ([\w:/-]+)/.exec(message) ?? [];
  if ((operator || quantifier) && about !== "") {
    return [
      change("the operator", (each) => {
        const Condition = { ...(each.Condition as Record<string, Json>) };
        const { [about]: of, ...others } = Condition[written] ?? {};
        if (of === undefined) return undefined;
        Condition[written] = others;
        if (Object.keys(others).length === 0) delete Condition[written];
        const to = operator ?? written.replace(`${quantifier}:`, "");
        return [{ ...each, Condition: { ...Condition, [to]: { ...Condition[to], [about]: of } } }];
      }),
    ];
  }
  const [, form] = /^write (arn:\$\{Partition\}[^\s]+)( or arn:|$)/.exec(fix) ?? [];
  if (form) return [change("the resource", (each) => [{ ...each, Resource: filled(form) }])];
  const [, dropped] = /^drop (Not(?:Action|Resource))$/.exec(fix) ?? [];
  if (dropped) return [change("the member", ({ [dropped]: _, ...each }) => [each])];
  if (/^drop it: a(n identity policy| trust) is about/.test(fix)) {
    return [change("the member", ({ [/ a (\w+)$/.exec(message)?.[1] ?? ""]: _, ...each }) => [each])];
  }
  return undefined;
}
