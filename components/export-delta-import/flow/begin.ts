import { jsonata, noText } from "../../parts/asl/expression";
import { choice, fail, machine, map, pass, succeed, waitUntil } from "../../parts/asl/flow";
import { invoke } from "../../parts/asl/lambda";
import type { Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { catchAll, catchFailure, control, type EndStates, importOf, retryFunction } from "./step";

export type BeginStates =
  | "Take input"
  | "Begin"
  | "What is to be done"
  | "Wait for files"
  | "Nothing to do"
  | "Read files";

const answer = "$states.result.Payload";

/** Takes the table's lock and the next version, and reads its files. The input is a tenant and a table. */
export function beginStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<BeginStates, BeginStates | EndStates | "Plan" | "Begin publishing"> {
  return {
    "Take input": pass({
      assign: {
        tenant: jsonata("$states.input.tenant"),
        table: jsonata("$states.input.table"),
        execution: jsonata("$states.context.Execution.Id"),
        order: "none",
        token: 0,
        tables: [],
        attempt: 0,
        outcome: "imported",
        error: noText,
        cause: noText,
        summary: {},
      },
      output: {},
      next: "Begin",
    }),
    Begin: control(references, {
      step: "begin",
      comment: "The lock of the table, and its oldest version that waits and is whole.",
      assign: {
        decision: jsonata(`${answer}.decision`),
        reason: jsonata(`${answer}.reason`),
        version: jsonata(`$exists(${answer}.version) ? ${answer}.version : ''`),
        order: jsonata(`$exists(${answer}.order) ? ${answer}.order : 'none'`),
        token: jsonata(`$exists(${answer}.token) ? ${answer}.token : 0`),
        groups: jsonata(`$exists(${answer}.groups) ? ${answer}.groups : 0`),
        until: jsonata(`$exists(${answer}.until) ? ${answer}.until : ''`),
        tables: jsonata(`[${answer}.tables]`),
      },
      // Nothing is begun: there is neither a version to end nor, as far as is known, a lock. A rule frees one all the same.
      catch: [{ ...catchFailure, Next: "Drop tables" }],
      next: "What is to be done",
    }),
    "What is to be done": choice({
      rules: [
        { when: "$decision = 'import'", next: "Read files" },
        { when: "$decision = 'resume'", next: "Begin publishing" },
        { when: "$decision = 'wait'", next: "Wait for files" },
      ],
      otherwise: "Nothing to do",
    }),
    "Wait for files": waitUntil(jsonata("$until"), { output: {}, next: "Begin" }),
    "Nothing to do": succeed({ status: "nothing", reason: jsonata("$reason") }),
    "Read files": map({
      comment: "Each file through the reader, into parts that the query reads exactly.",
      items: jsonata("[0..$groups - 1]"),
      itemSelector: { group: jsonata("$states.context.Map.Item.Value"), groups: jsonata("$groups") },
      concurrency: settings.readConcurrency,
      each: untilDone("Read", references.normaliseArn, settings),
      catch: catchAll,
      output: {},
      next: "Plan",
    }),
  };
}

/** Calls a function for a group of files until it says that it is done. */
export function untilDone(name: "Read" | "Publish", functionArn: string, { functionTimeout }: FlowSettings) {
  const [more, done, failed] = [
    `Is there more to ${name.toLowerCase()}`,
    `${name} group done`,
    `Fail ${name.toLowerCase()}`,
  ];
  return machine<string>(`${name} group`, {
    [`${name} group`]: invoke({
      functionArn,
      payload: { ...importOf, group: jsonata("$states.input.group"), groups: jsonata("$states.input.groups") },
      // Longer than the function's own time-out, which ends a call that hangs.
      timeoutSeconds: functionTimeout + 30,
      retry: retryFunction,
      // Nothing to tidy up for one group: the Map fails with the same error.
      catch: [{ ErrorEquals: ["States.ALL"], Next: failed }],
      output: jsonata("$merge([$states.input, {'done': $states.result.Payload.done}])"),
      next: more,
    }),
    [more]: choice({ rules: [{ when: "$states.input.done", next: done }], otherwise: `${name} group` }),
    [done]: pass({ output: {} }),
    [failed]: fail(jsonata("$states.input.Error"), jsonata("$states.input.Cause")),
  });
}
