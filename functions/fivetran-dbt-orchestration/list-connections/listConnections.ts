import type { FivetranClient } from "../../shared/fivetran/client";
import { FivetranApiError, FivetranNotFound } from "../../shared/fivetran/errors";
import { Input } from "../../shared/input";
import type { Log } from "../../shared/log";

export interface ListRequest {
  readonly groupId: string;
  /** Only these, which may be none; undefined: all. */
  readonly include?: readonly string[];
  readonly exclude: readonly string[];
  /** More than these are an error: their results wouldn't fit into one state. */
  readonly most: number;
}

/** What the state machine goes on with. */
export interface ConnectionList {
  readonly group_id: string;
  readonly connectors_list: readonly string[];
}

export interface ListPorts {
  readonly fivetran: Pick<FivetranClient, "listConnections">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** `name` is what the execution's error says. */
export class NoConnections extends Error {
  override readonly name = "NoConnections";
}

export class TooManyConnections extends Error {
  override readonly name = "TooManyConnections";
}

/** @throws InputError */
export function parseListRequest(event: unknown): ListRequest {
  const input = new Input(event);
  return {
    groupId: input.text("group_id"),
    include: input.has("include") ? input.texts("include") : undefined,
    exclude: input.texts("exclude"),
    most: input.count("most"),
  };
}

/**
 * The group's connections, in the order of their ids, so that two executions go the same way.
 *
 * @throws NoConnections when none is left, unless `include` wants none
 * @throws TooManyConnections
 * @throws FivetranNotFound when `include` names a connection that the group doesn't have
 */
export async function listConnections(request: ListRequest, { fivetran, log }: ListPorts): Promise<ConnectionList> {
  const { groupId, include, exclude, most } = request;
  // dbt alone doesn't need Fivetran to answer.
  if (include?.length === 0) return { group_id: groupId, connectors_list: [] };
  const found = new Set<string>();
  for await (const { id } of fivetran.listConnections(groupId)) found.add(checkedId(id));
  const missing = (include ?? []).filter((id) => !found.has(id));
  if (missing.length > 0) {
    throw new FivetranNotFound(
      `Group ${groupId} has no connection ${some(missing)}. It has ${found.size}; correct the list of connections to include.`,
    );
  }
  const unknown = exclude.filter((id) => !found.has(id));
  if (unknown.length > 0) log.warn("Connections to exclude that the group doesn't have", { unknown: some(unknown) });
  const chosen = [...found].filter((id) => (include?.includes(id) ?? true) && !exclude.includes(id)).sort();
  log.info("Connections listed", { groupId, found: found.size, chosen: chosen.length });
  if (chosen.length === 0) {
    throw new NoConnections(
      `The group ${groupId} has no connection to sync: it has ${found.size}; look at include and exclude.`,
    );
  }
  if (chosen.length > most) {
    throw new TooManyConnections(
      `The group ${groupId} has ${chosen.length} connections to sync, the orchestration is made for ${most}: raise maxConnections, or include fewer.`,
    );
  }
  return { group_id: groupId, connectors_list: chosen };
}

/** What the state machine reckons with where it adds up sizes. */
function checkedId(id: unknown): string {
  if (typeof id === "string" && /^[\w-]{1,64}$/.test(id)) return id;
  throw new FivetranApiError(`Fivetran lists a connection with the id ${String(JSON.stringify(id)).slice(0, 100)}.`);
}

function some(ids: readonly string[]): string {
  return ids.length <= 20 ? ids.join(", ") : `${ids.slice(0, 20).join(", ")} and ${ids.length - 20} more`;
}
