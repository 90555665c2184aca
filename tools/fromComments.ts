/** Tables of the docs that stand as comments beside the code they describe. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

/**
 * The arguments of every interface of a file, in Markdown: name, default, and what its comment says. The component's own
 * come first; they aren't part of another interface.
 */
export function argumentTables(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  const interfaces = [...text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)].map(
    ([, name = "", body = ""]) => ({ name, body }),
  );
  const isPart = (name: string) => interfaces.some(({ body }) => new RegExp(`: ${name}\\b`).test(body));
  return [...interfaces.filter(({ name }) => !isPart(name)), ...interfaces.filter(({ name }) => isPart(name))]
    .map(({ name, body }) => `### \`${name}\`\n\n${table(body)}`)
    .join("\n\n");
}

function table(body: string): string {
  const fields = [...body.matchAll(/(?: {2}\/\*\*([\s\S]*?)\*\/\n)? {2}(\w+)(\??): /g)];
  const rows = fields.map(([, comment = "", name = "", optional = ""]) => {
    const words = comment.replace(/\s*\n\s*\*? ?/g, " ").trim();
    const [what = "", fallback] = words.split("@default ");
    const standard = optional === "" ? "required" : (fallback ?? "").trim();
    return `| \`${name}\` | ${cell(standard)} | ${cell(what.trim())} |`;
  });
  return ["| argument | default | what |", "|---|---|---|", ...rows].join("\n");
}

/** The outputs of a component's class, in Markdown: name, and what its comment says. */
export function outputTable(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  const fields = [...text.matchAll(/ {2}\/\*\* (.*) \*\/\n {2}readonly (\w+): pulumi\.Output</g)];
  const rows = fields.map(([, comment = "", name = ""]) => `| \`${name}\` | ${cell(comment)} |`);
  return ["| output | what |", "|---|---|", ...rows].join("\n");
}

function cell(text: string): string {
  const value = /^(?:[[{"].*[\]}"]|[\d.]+|true|false)$/.test(text) ? `\`${text}\`` : text;
  return value.replaceAll("|", "\\|");
}

/** The Markdown tables, and the sentences between them, of a comment that begins with the given words. */
export function commentTables(file: string, beginning: string): string {
  const text = readFileSync(join(root, file), "utf8");
  const comment = [...text.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, body = ""]) =>
    body.replace(/^ \* ?/gm, "").trim(),
  );
  const found = comment.find((each) => each.startsWith(beginning));
  if (found === undefined) throw new Error(`${file} has no comment that begins with "${beginning}"`);
  return found;
}
