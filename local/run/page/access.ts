/** Who may do what: each role's grants with the calls that used them, or why nothing did; and what the policies say. */
import type { PolicyFinding, PolicyReport } from "../policyEvents";
import type { RunReport } from "../report";
import { counted, grouped, html, type Markup, table, type Value } from "./markup";

type Iam = NonNullable<RunReport["iam"]>;

interface Row {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly why?: string;
  readonly calls?: number;
  readonly reason?: string;
}

/** @param isOwnFiles whether the user's files were sent, whose use of the grants says nothing about the grants */
export function access({ denied, used, unused }: Iam, isOwnFiles: boolean): Markup {
  const untold = isOwnFiles ? "your files didn't need it" : undefined;
  const rows: readonly Row[] = [
    ...used,
    ...unused.map((grant) => ({ ...grant, reason: grant.reason === "" ? untold : grant.reason })),
  ];
  const roles = [...grouped(rows, ({ role }) => role)].sort(([a], [b]) => a.localeCompare(b));
  const refused = denied.map(({ role, action, resource, count }) => [role, action, resource, count]);
  return html`${
    denied.length > 0
      ? html`<h3 class="bad">Denied</h3>${table("Denied calls", ["role", "action", "resource", "calls"], refused)}`
      : html`<p class="good">✔ No call was denied.</p>`
  }${roles.map(([role, own]) => roleDetails(role, own))}`;
}

function roleDetails(role: string, rows: readonly Row[]): Markup {
  const used = rows.filter(({ calls }) => calls !== undefined).length;
  const needless = rows.filter(isNeedless).length;
  const sorted = [...rows].sort((a, b) => a.action.localeCompare(b.action) || a.resource.localeCompare(b.resource));
  const cells = sorted.map((row): Value[] => [
    html`<code>${row.action}</code>`,
    html`<code>${row.resource}</code>`,
    row.calls ?? 0,
    html`${row.why} ${unusedNote(row)}`,
  ]);
  return html`<details><summary>${role} <span class="soft small">${counted(rows.length, "grant")}, ${used} used, ${rows.length - used} not${
    needless > 0 ? html`, <strong class="bad">✘ ${needless} without a reason</strong>` : ""
  }</span></summary>
${table(`Grants of ${role}`, ["action", "resource", "calls", "what for"], cells)}</details>`;
}

function unusedNote(row: Row): Markup {
  if (isNeedless(row)) return html`<strong class="bad">✘ unused without a reason</strong>`;
  return row.calls === undefined ? html`<em class="soft">unused: ${row.reason}</em>` : html``;
}

function isNeedless({ calls, reason }: Row): boolean {
  return calls === undefined && reason === undefined;
}

export function policies({ rules, violations, exempted }: PolicyReport): Markup {
  return html`<p class="${violations.length === 0 ? "good" : "bad"}">${violations.length === 0 ? "✔" : "✘"} ${counted(rules, "rule")}, ${counted(violations.length, "violation")}, ${exempted.length} exempted.</p>
${violations.length > 0 ? html`<h3>Violations</h3>${findings("Policy violations", violations)}` : ""}
${exempted.length > 0 ? html`<h3>Exempted, and why</h3>${findings("Policy exemptions", exempted)}` : ""}`;
}

function findings(label: string, of: readonly PolicyFinding[]): Markup {
  const rows = of.map(({ policy, level, resource, message }) => [policy, level, nameOf(resource), message]);
  return table(label, ["policy", "level", "resource", "message"], rows);
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::") || urn;
}
