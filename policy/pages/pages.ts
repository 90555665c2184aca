/** The rules' pages: docs/policies is made of them, and `data-pipelines-policy explain` prints them. */
import type { DocumentKind } from "../model/document";
import type { Example, ExampleResource, Rule } from "../model/rule";
import { rules } from "../rules";

/** Rows that aren't rules: what the pack itself tells, and the gate on access. */
interface Notice {
  readonly id: `P${number}`;
  readonly title: string;
  readonly names: readonly string[];
  readonly level: string;
  readonly text: string;
}

const notices: readonly Notice[] = [
  {
    id: "P29",
    title: "No new access against a committed reference",
    names: ["npm run policy:access -- --check"],
    level: "gate in CI",
    text: "`npm run policy:access` derives who may do what from the resources of the stacks. With `--check` it compares that with `policy/access/reference.json`: each action, resource or principal more, each condition less is shown and makes it fail, until `--update` has written the new reference and [the access table](../access.md), where it is seen in review. Less access is shown too, and is no failure.",
  },
  {
    id: "P31",
    title: "What couldn't be judged yet",
    names: ["policy-not-evaluated", "policy-not-evaluated-stack"],
    level: "advisory",
    text: "At preview, values that the cloud makes up aren't known. No rule counts such a part as a violation, nor as passed: the rules judge the known parts, and these policies name the others, resource by resource. `pulumi up` judges them again before the resource is made. `pulumi policy analyze --file state.json --policy-pack policy` judges a stack's state (`pulumi stack export`) without the program. Of a stack as a whole one message names what no rule can read at all: a template that stands elsewhere or isn't one, what a Transform, a Terraform module or a Kubernetes controller makes. What a rule at the level `remediate` will mend once the update knows what for stops no preview; another message names it.",
  },
  {
    id: "P32",
    title: "Exemptions",
    names: ["policy-exempted", "policy-exemption-expired", "policy-exemptions-in-stack"],
    level: "advisory, mandatory, advisory",
    text: "An exemption has a reason and a last day ([how to write one](configuration.md#exemptions)). What it covers is still told, as advice. From the day after, it covers nothing, and is a violation itself, also where nothing is left to cover. One that matches no resource or no finding is told, so that it is dropped.",
  },
];

/** File name → content. */
export function policyPages(): Map<string, string> {
  const pages = new Map<string, string>([["README.md", index()]]);
  for (const rule of rules) pages.set(`${rule.id}.md`, rulePage(rule));
  for (const notice of notices) pages.set(`${notice.id}.md`, noticePage(notice));
  return pages;
}

function index(): string {
  const rows: string[][] = [
    ...rules.map(({ id, title, name, level, severity, why }) => [id, title, `\`${name}\``, level, severity, why]),
    ...notices.map(({ id, title, names, level }) => [
      id,
      title,
      names.map((n) => `\`${n}\``).join("<br>"),
      level,
      "",
      "",
    ]),
  ].sort(([a = ""], [b = ""]) => numberOf(a) - numberOf(b));
  const table = rows.map(([id, ...rest]) => `| [${id}](${id}.md) | ${rest.map(cell).join(" | ")} |`);
  return `# Policies

The rules of the pack in [\`policy/\`](../../policy), made from them by \`npm run docs:policies\`. [configuration.md](configuration.md) says how to run them, and how to set levels, parameters and exemptions; [adopting.md](adopting.md) how to begin with a program that exists.

| | rule | name in Pulumi | level | severity | why |
|---|---|---|---|---|---|
${table.join("\n")}
`;
}

function numberOf(id: string): number {
  return Number(id.slice(1));
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

export function rulePage(rule: Rule): string {
  const { id, title, name, level, severity, why, details, sources } = rule;
  const mends = rule.scope === "resource" ? rule.remediate : rule.scope === "stack" ? rule.mend : undefined;
  const remediation = mends
    ? "\nWith the level `remediate` what can be mended is mended before the resource is made.\n"
    : "";
  return `# ${id}: ${title}

${why}

| name in Pulumi | level | severity | looks at |
|---|---|---|---|
| \`${name}\` | ${level} | ${severity} | ${looksAt(rule)} |

${details}
${remediation}
## Wrong

${example(rule.wrong)}

## Right

${example(rule.right)}

## Sources

${sources.map((source) => `- ${source}`).join("\n")}

Level, parameters and exemptions: [configuration.md](configuration.md). All rules: [README.md](README.md).
`;
}

const kindNames: Readonly<Record<DocumentKind, string>> = {
  identity: "identity policies",
  trust: "trust policies",
  resource: "resource policies",
  guardrail: "guardrails (policies that only take away)",
};

function looksAt(rule: Rule): string {
  if (rule.scope === "stack") return "all resources of the stack together";
  if (rule.scope === "resource") return rule.types.map((type) => `\`${type}\``).join("<br>");
  return rule.kinds.map((kind) => kindNames[kind]).join(", ");
}

function example({ kind = "identity", service, document, resources = [] }: Example): string {
  const title =
    kind === "resource" ? `Resource policy (${service}):` : kind === "trust" ? "Trust policy:" : "Identity policy:";
  if (document) return `${title}\n\n${json(document)}`;
  return resources.map(resource).join("\n\n");
}

function resource({ type, name, props, dependencies = {} }: ExampleResource): string {
  const from = Object.entries(dependencies).map(([property, of]) => `\`${property}\` from ${of.join(", ")}`);
  return `\`${name}\`, \`${type}\`${from.length > 0 ? ` (${from.join("; ")})` : ""}:\n\n${json(props)}`;
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
}

function noticePage({ id, title, names, level, text }: Notice): string {
  return `# ${id}: ${title}

${text}

Name: ${names.map((name) => `\`${name}\``).join(", ")}. Level: ${level}. All rules: [README.md](README.md).
`;
}
