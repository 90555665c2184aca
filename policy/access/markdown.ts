/** The access table as people read it (docs/access.md). */
import type { FoundGrant } from "./grants";
import { explained, type Reasons, reasonsFor } from "./why";

export function formatAccess(stacks: Readonly<Record<string, readonly FoundGrant[]>>, reasons: Reasons): string {
  const sections = Object.entries(stacks).map(
    ([stack, grants]) => `## Stack \`${stack}\`\n\n${ofStack(grants, reasons)}`,
  );
  return `# Who may do what

Made by \`npm run policy:access -- --update\` from the resources that the program makes; the account is written as
000000000000. The same grants stand in \`policy/access/reference.json\`: a change that widens them fails
\`npm run policy:access -- --check\` until the reference is updated, so that it is seen in review (rule P29).

${sections.join("\n")}`;
}

function ofStack(grants: readonly FoundGrant[], reasons: Reasons): string {
  const byWho = new Map<string, FoundGrant[]>();
  for (const grant of grants) byWho.set(grant.who, [...(byWho.get(grant.who) ?? []), grant]);
  return [...byWho]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([who, of]) => `### ${who}\n\n${table(of, reasonsFor(of, reasons))}\n`)
    .join("\n");
}

/** Roles first, then who is let in from outside. */
function rank(who: string): number {
  return who.startsWith("role ") ? 0 : 1;
}

function table(grants: readonly FoundGrant[], reasons: Reasons): string {
  const rows = grants.flatMap((grant) =>
    explained(grant, reasons).map(({ actions, why }) => {
      const denied = grant.effect === "Deny" ? "**denied** " : "";
      return [denied + code(actions), code(grant.resources), code(grant.conditions), why];
    }),
  );
  const lines = [...new Set(rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`))];
  return ["| actions | resources | only if | why |", "|---|---|---|---|", ...lines].join("\n");
}

function code(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join("<br>");
}
