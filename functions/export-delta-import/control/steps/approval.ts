import type { VersionEntry } from "../../registry/entries";
import { ExportRefused } from "../../shared/schema";
import { KEY_EXAMPLES } from "../../shared/sql";
import type { ControlPorts } from "../ports";
import { importRequest } from "../request";

/** What people are told. */
export interface Question {
  readonly subject: string;
  readonly message: string;
}

/** Puts into words what would go, and how to let it. */
export async function question(event: unknown, ports: ControlPorts): Promise<Question> {
  const { tenant, table, lease, order, input } = importRequest(event);
  await ports.lock.renew(lease);
  const version = await ports.registry.version(lease.pk, order);
  if (version?.delta === undefined) throw new Error(`Version ${order} of ${lease.pk} has no delta to ask about.`);
  const { counts } = version.delta;
  const examples = await deletedKeys(version, ports);
  const reason = input.text("reason");
  await ports.registry.change(lease, order, (entry) => ({
    ...entry,
    approval: { reason, requestedAt: new Date(ports.now()).toISOString(), examples, taskToken: "" },
  }));
  const command = `npx pulumi-data-pipelines delta-approve --registry ${input.text("registry")} --tenant ${tenant} --table ${table} --version ${version.version}`;
  return {
    subject: `Delta of ${tenant}/${table} waits for approval`.slice(0, 100),
    message: [
      reason,
      `Version ${version.version} after ${version.delta.from}: ${counts.inserted} inserted, ${counts.updated} updated, ${counts.deleted} deleted, ${counts.unchanged} unchanged.`,
      `Among the rows that would go: ${examples.join("; ")}`,
      `To let it through: ${command}`,
      `To refuse it: ${command} --reject`,
      `Without an answer it is refused after ${Math.round(ports.settings.approvalSeconds / 3_600)} hours. Later exports of the table wait until then.`,
    ].join("\n\n"),
  };
}

async function deletedKeys({ delta, staged }: VersionEntry, { work }: ControlPorts): Promise<string[]> {
  const files = JSON.parse(await work.text(delta?.list ?? "")) as string[];
  const names = staged?.schema.keyColumns ?? [];
  const found: string[] = [];
  for (const file of files) {
    for await (const line of work.lines(file)) {
      const row = JSON.parse(line) as Readonly<Record<string, string | null>>;
      if (row.op === "DELETE")
        found.push(names.map((name, i) => `${name} = ${JSON.stringify(row[`k${i + 1}`])}`).join(", "));
      if (found.length >= KEY_EXAMPLES) return found;
    }
  }
  return found;
}

/** Keeps the token with which the waiting import is answered. */
export async function awaitApproval(event: unknown, ports: ControlPorts): Promise<void> {
  const { lease, order, input } = importRequest(event);
  const taskToken = input.text("taskToken");
  await ports.lock.renew(lease, ports.settings.approvalSeconds * 1_000);
  await ports.registry.change(lease, order, (entry) => ({
    ...entry,
    status: "approval",
    approval: entry.approval && { ...entry.approval, taskToken },
  }));
  ports.count({ DeltasAwaitingApproval: 1 });
}

/** Notes who has let the delta through. @throws ExportRefused when nobody has */
export async function approved(event: unknown, ports: ControlPorts): Promise<void> {
  const { lease, order, input } = importRequest(event);
  await ports.lock.renew(lease);
  const by = input.text("by");
  if (!input.flag("approved")) throw new ExportRefused(`${by} has refused the delta: ${input.text("reason")}`);
  await ports.registry.change(lease, order, (entry) => ({
    ...entry,
    approval: entry.approval && { ...entry.approval, approvedBy: by, taskToken: "" },
  }));
}
