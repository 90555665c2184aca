/** The access table as people read it (docs/access.md). */
import type { FoundGrant } from "./grants";

/**
 * Why an action is granted; undefined where nothing says so.
 *
 * @param all every grant of the same principal
 */
export type Why = (grant: FoundGrant, action: string, all: readonly FoundGrant[]) => string | undefined;

export function formatAccess(stacks: Readonly<Record<string, readonly FoundGrant[]>>, why?: Why): string {
  const sections = Object.entries(stacks).map(([stack, grants]) => `## Stack \`${stack}\`\n\n${ofStack(grants, why)}`);
  return `# Who may do what

Made by \`npm run policy:access -- --update\` from the resources that the program makes; the account is written as
000000000000. The same grants stand in \`policy/access/reference.json\`: a change that widens them fails
\`npm run policy:access -- --check\` until the reference is updated, so that it is seen in review (rule P29).

${sections.join("\n")}`;
}

function ofStack(grants: readonly FoundGrant[], why: Why | undefined): string {
  const byWho = new Map<string, FoundGrant[]>();
  for (const grant of grants) byWho.set(grant.who, [...(byWho.get(grant.who) ?? []), grant]);
  return [...byWho]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([who, of]) => `### ${who}\n\n${table(of, (grant, action) => why?.(grant, action, of) ?? fromSid(grant))}\n`)
    .join("\n");
}

/** Roles first, then who is let in from outside. */
function rank(who: string): number {
  return who.startsWith("role ") ? 0 : 1;
}

/** What the author called the statement: `ReadOrders` is "read orders". */
function fromSid({ sid = "" }: FoundGrant): string {
  return sid
    .replace(/\d+$/, "")
    .replace(/([a-z])([A-Z0-9])/g, "$1 $2")
    .toLowerCase();
}

function table(grants: readonly FoundGrant[], why: (grant: FoundGrant, action: string) => string): string {
  const rows = grants.flatMap((grant) =>
    [...byReason(grant, why)].map(([reason, actions]) => {
      const denied = grant.effect === "Deny" ? "**denied** " : "";
      return [denied + code(actions), code(grant.resources), code(grant.conditions), reason];
    }),
  );
  const lines = [...new Set(rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`))];
  return ["| actions | resources | only if | why |", "|---|---|---|---|", ...lines].join("\n");
}

/** The grant's actions by reason, in the order of the actions. */
function byReason(
  grant: FoundGrant,
  why: (grant: FoundGrant, action: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const action of grant.actions) {
    const reason = why(grant, action);
    found.set(reason, [...(found.get(reason) ?? []), action]);
  }
  return found;
}

function code(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join("<br>");
}
