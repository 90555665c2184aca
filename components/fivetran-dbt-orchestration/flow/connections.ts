import { jsonata } from "../../parts/asl/expression";
import { choice, map } from "../../parts/asl/flow";
import { invoke, lambdaRetry } from "../../parts/asl/lambda";
import type { Catcher, Steps } from "../../parts/asl/types";
import { callTimeout } from "../limits";
import type { FlowReferences, FlowSettings } from "../settings";
import { connectionFlow } from "./connection";
import { caught, failure, toFailure } from "./outcome";

export type ConnectionsStates = "List connections" | "Sync all connections in group" | "Is the quorum met";

/** Lists the group's connections, syncs each, and decides whether enough of them succeeded for dbt. */
export function connectionsStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<ConnectionsStates, ConnectionsStates | "Run dbt" | "Notify"> {
  const { concurrency, groupId, mapMode, maxConnections, quorum } = settings;
  const { stateMachineArn } = references;
  const enough = `$synced * 100 >= ($synced + $count($failed)) * ${quorum}`;
  const tooFew = `$string($count($failed)) & ' of ' & $string($synced + $count($failed)) & ' connections failed, dbt needs ${quorum} %:'`;
  return {
    "List connections": invoke({
      comment: "None for an input whose include is empty, which wants dbt alone.",
      functionArn: references.listConnectionsArn,
      payload: {
        group_id: groupId,
        include: jsonata("$include"),
        exclude: jsonata("$exclude"),
        most: maxConnections,
      },
      timeoutSeconds: callTimeout,
      retry: [lambdaRetry],
      catch: [ownWords, toFailure("ListConnectionsFailed")],
      assign: { connections: jsonata("[$states.result.Payload.connectors_list]") },
      output: {},
      next: "Sync all connections in group",
    }),
    "Sync all connections in group": map({
      comment: "But for the connection whose sync, just ended, has started the run.",
      items: jsonata("[$connections[$ != $startedBy]]"),
      itemSelector: {
        connection_id: jsonata("$states.context.Map.Item.Value"),
        execution: jsonata("$execution"),
      },
      concurrency,
      each: connectionFlow(settings, references),
      ...(mapMode === "inline" ? {} : { distributed: { label: "Connections", stateMachineArn } }),
      catch: [toFailure("SyncFailed")],
      assign: {
        failed: jsonata("[$states.result[$exists(error)]]"),
        skipped: jsonata("[$states.result[status = 'SKIPPED'].id]"),
        synced: jsonata("$count($states.result[status = 'SUCCESSFUL']) + ($startedBy in $connections ? 1 : 0)"),
      },
      output: {},
      next: "Is the quorum met",
    }),
    "Is the quorum met": choice({
      comment: "Paused connections that are skipped don't count.",
      rules: [{ when: `$not(${enough})`, assign: failure("FivetranSyncFailed", jsonata(tooFew)), next: "Notify" }],
      otherwise: "Run dbt",
    }),
  };
}

/** What the function found wrong with the group is the execution's error, in the function's words. */
const ownWords: Catcher<"Notify"> = {
  ErrorEquals: ["NoConnections", "TooManyConnections"],
  Assign: failure(
    jsonata("$states.errorOutput.Error"),
    jsonata(
      `$exists($parse($states.errorOutput.Cause).errorMessage) ? $parse($states.errorOutput.Cause).errorMessage : ${caught}`,
    ),
  ),
  Output: {},
  Next: "Notify",
};
