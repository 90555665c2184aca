import type { FivetranClient } from "../../shared/fivetran/client";
import { FivetranNotFound } from "../../shared/fivetran/errors";
import { Input } from "../../shared/input";
import type { Log } from "../../shared/log";

export interface ListRequest {
  readonly groupId: string;
  /** Only these, which may be none; undefined: all. */
  readonly include?: readonly string[];
  readonly exclude: readonly string[];
}

/** What the state machine goes on with. */
export interface ConnectionList {
  readonly group_id: string;
  readonly connectors_list: readonly string[];
  readonly connections: readonly ListedConnection[];
}

export interface ListedConnection {
  readonly connection_id: string;
  readonly name: string;
  readonly service: string;
}

export interface ListPorts {
  readonly fivetran: Pick<FivetranClient, "listConnections">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** @throws InputError */
export function parseListRequest(event: unknown): ListRequest {
  const input = new Input(event);
  const include = input.has("include") ? { include: input.texts("include") } : {};
  return { groupId: input.text("group_id"), ...include, exclude: input.texts("exclude") };
}

/**
 * The group's connections, in the order of their ids, so that two executions go the same way.
 * @throws FivetranNotFound when `include` names a connection that the group doesn't have
 */
export async function listConnections(
  { groupId, include, exclude }: ListRequest,
  { fivetran, log }: ListPorts,
): Promise<ConnectionList> {
  // dbt alone doesn't need Fivetran to answer.
  if (include?.length === 0) return { group_id: groupId, connectors_list: [], connections: [] };
  const found = new Map<string, ListedConnection>();
  for await (const { id, schema, service } of fivetran.listConnections(groupId)) {
    found.set(id, { connection_id: id, name: schema ?? id, service: service ?? "unknown" });
  }
  const missing = (include ?? []).filter((id) => !found.has(id));
  if (missing.length > 0) {
    throw new FivetranNotFound(
      `Group ${groupId} has no connection ${missing.join(", ")}. It has ${found.size}; mend the list of connections to include.`,
    );
  }
  const unknown = exclude.filter((id) => !found.has(id));
  if (unknown.length > 0) log.warn("Connections to exclude that the group doesn't have", { unknown });
  const connections = [...found.values()]
    .filter(({ connection_id: id }) => (include?.includes(id) ?? true) && !exclude.includes(id))
    .sort((a, b) => (a.connection_id < b.connection_id ? -1 : 1));
  log.info("Connections listed", { groupId, found: found.size, chosen: connections.length });
  return { group_id: groupId, connectors_list: connections.map((each) => each.connection_id), connections };
}
