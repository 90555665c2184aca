/** The stack's resources: how its components hang together, and what each is made of. */
import type { ResourceReport } from "../resources";
import { type Box, graph, type Line } from "./graph";
import { counted, grouped, html, type Markup } from "./markup";

/** In the picture; a stack of hundreds of them is read as a list. */
const componentsShown = 80;

export function resourceGraph(resources: readonly ResourceReport[]): Markup {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const inOrder = [...resources].sort((a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name));
  const children = grouped(
    inOrder.filter(({ parent }) => parent !== undefined),
    ({ parent = "" }) => parent,
  );
  const tops = resources.filter(({ parent }) => parent === undefined);
  const members = grouped(resources, ({ urn }) => topOf(urn, byUrn));
  const components = tops.filter(({ urn }) => children.has(urn));
  const alone = tops.filter(({ urn }) => !children.has(urn));
  return html`${picture(tops.slice(0, componentsShown), members, byUrn)}
${components.map(({ urn, name, type }) => {
  const own = (members.get(urn)?.length ?? 1) - 1;
  return html`<details><summary>${name} <span class="soft small">${shortType(type)}, ${counted(own, "resource")}</span></summary>
${tree(urn, children)}</details>`;
})}${
  alone.length > 0
    ? html`<details><summary>On their own <span class="soft small">${counted(alone.length, "resource")}</span></summary><ul>${alone.map(item)}</ul></details>`
    : ""
}`;
}

function topOf(urn: string, byUrn: ReadonlyMap<string, ResourceReport>): string {
  const seen = new Set<string>();
  let top = urn;
  for (let next = byUrn.get(top)?.parent; next !== undefined && !seen.has(next); next = byUrn.get(next)?.parent) {
    seen.add(next);
    top = next;
  }
  return top;
}

function picture(
  tops: readonly ResourceReport[],
  members: ReadonlyMap<string, readonly ResourceReport[]>,
  byUrn: ReadonlyMap<string, ResourceReport>,
): Markup {
  const boxes: Box[] = tops.map(({ urn, name, type }) => {
    const own = (members.get(urn)?.length ?? 1) - 1;
    const second = own > 0 ? `${shortType(type)} · ${own}` : shortType(type);
    return { id: urn, title: name, second, kind: own > 0 ? undefined : "store" };
  });
  const drawn = new Set(tops.map(({ urn }) => urn));
  const counts = new Map<string, Map<string, number>>();
  for (const { urn, uses } of [...members.values()].flat()) {
    const to = topOf(urn, byUrn);
    for (const from of new Set(uses.map((each) => topOf(each, byUrn)))) {
      if (from === to || !drawn.has(from) || !drawn.has(to)) continue;
      const of = counts.get(from) ?? new Map<string, number>();
      counts.set(from, of.set(to, (of.get(to) ?? 0) + 1));
    }
  }
  const lines: Line[] = [...counts].flatMap(([from, of]) =>
    [...of].map(([to, count]) => ({
      from,
      to,
      width: 2,
      title: `${counted(count, "resource")} takes something from it`,
    })),
  );
  return graph("The stack's components, with a line from each to those that take something from it", boxes, lines);
}

function tree(urn: string, children: ReadonlyMap<string, readonly ResourceReport[]>, depth = 0): Markup {
  // Pulumi's trees are a few levels deep; a state that goes round in circles ends here.
  if (depth > 20) return html``;
  return html`<ul>${(children.get(urn) ?? []).map(
    (each) => html`<li>${label(each)}${children.has(each.urn) ? tree(each.urn, children, depth + 1) : ""}</li>`,
  )}</ul>`;
}

function item(resource: ResourceReport): Markup {
  return html`<li>${label(resource)}</li>`;
}

function label({ name, type }: ResourceReport): Markup {
  return html`${name} <span class="soft small">${shortType(type)}</span>`;
}

/** `aws:s3/bucket:Bucket` as `aws s3 Bucket`, `data-pipelines:index:S3ToDynamoDb` as `S3ToDynamoDb`. */
function shortType(type: string): string {
  const [pack = "", module = "", ...kind] = type.split(":");
  const name = kind.join(":") || type;
  const service = module.split("/")[0] ?? "";
  return [pack === "data-pipelines" ? "" : pack, service === "index" ? "" : service, name]
    .filter((part) => part !== "")
    .join(" ");
}
