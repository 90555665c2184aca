import { jsonata } from "../../parts/asl/expression";
import { choice, map, pass } from "../../parts/asl/flow";
import { invoke, lambdaRetry } from "../../parts/asl/lambda";
import type { Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { connectionFlow } from "./connection";
import { toFailure } from "./failure";

export type ConnectionsStates =
  | "List connections"
  | "How many connections"
  | "No connections"
  | "Too many connections"
  | "Sync all connections in group"
  | "Count results"
  | "Is the quorum met"
  | "Quorum not met";

/** Lists the group's connections, syncs each, and decides whether enough of them succeeded for dbt. */
export function connectionsStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<ConnectionsStates, ConnectionsStates | "Run dbt" | "Notify"> {
  const { concurrency, groupId, mapMode, maxConnections, quorum } = settings;
  const { stateMachineArn } = references;
  return {
    "List connections": invoke({
      functionArn: references.listConnectionsArn,
      payload: { group_id: groupId, include: jsonata("$include"), exclude: jsonata("$exclude") },
      timeoutSeconds: 330,
      retry: [lambdaRetry],
      catch: [toFailure("ListConnectionsFailed")],
      assign: { connections: jsonata("[$states.result.Payload.connectors_list]") },
      output: {},
      next: "How many connections",
    }),
    "How many connections": choice({
      comment: "An input whose include is empty wants dbt alone.",
      rules: [
        { when: "$type($include) = 'array' and $count($include) = 0", next: "Count results" },
        { when: "$count($connections) = 0", next: "No connections" },
        { when: `$count($connections) > ${maxConnections}`, next: "Too many connections" },
      ],
      otherwise: "Sync all connections in group",
    }),
    "No connections": pass({
      assign: {
        outcome: "FAILED",
        error: "NoConnections",
        cause: `The group ${groupId} has no connection to sync; look at include and exclude.`,
      },
      next: "Notify",
    }),
    "Too many connections": pass({
      assign: {
        outcome: "FAILED",
        error: "TooManyConnections",
        cause: jsonata(
          `'The group ${groupId} has ' & $string($count($connections)) & ' connections, the orchestration is made for ${maxConnections}: raise maxConnections.'`,
        ),
      },
      next: "Notify",
    }),
    "Sync all connections in group": map({
      comment: "But for the connection whose sync, just ended, has started the run.",
      items: jsonata("[$connections[$ != $startedBy]]"),
      itemSelector: {
        group_id: groupId,
        connection_id: jsonata("$states.context.Map.Item.Value"),
        execution: jsonata("$execution"),
      },
      concurrency,
      each: connectionFlow(settings, references),
      ...(mapMode === "inline" ? {} : { distributed: { label: "Connections", stateMachineArn } }),
      catch: [toFailure("SyncFailed")],
      assign: {
        results: jsonata(
          "[$states.result, $startedBy in $connections ? {'connection_id': $startedBy, 'status': 'SUCCESSFUL', 'reason': 'its own sync has started this run'}]",
        ),
      },
      output: {},
      next: "Count results",
    }),
    "Count results": pass({
      assign: {
        failed: jsonata("[$results[status in ['FAILED', 'TIMED_OUT']]]"),
        skipped: jsonata("[$results[status = 'SKIPPED'].connection_id]"),
        synced: jsonata("$count($results[status = 'SUCCESSFUL'])"),
        failures: jsonata(`$join(
          $results[status in ['FAILED', 'TIMED_OUT']].(
            connection_id & ' ' & error & ($exists(reason) ? ': ' & reason : '') & ($exists(log_url) ? ' ' & log_url : '')
          ),
          '\\n'
        ) & ''`),
      },
      next: "Is the quorum met",
    }),
    "Is the quorum met": choice({
      comment: "Paused connections that are skipped don't count.",
      rules: [{ when: `$synced * 100 >= ($synced + $count($failed)) * ${quorum}`, next: "Run dbt" }],
      otherwise: "Quorum not met",
    }),
    "Quorum not met": pass({
      assign: {
        outcome: "FAILED",
        error: "FivetranSyncFailed",
        cause: jsonata(
          `$string($count($failed)) & ' of ' & $string($synced + $count($failed)) & ' connections failed, dbt needs ${quorum} %:\\n' & $failures`,
        ),
      },
      next: "Notify",
    }),
  };
}
