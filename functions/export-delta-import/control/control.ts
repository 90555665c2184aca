import { InputError } from "../../shared/input";
import type { ControlPorts } from "./ports";
import { approved, awaitApproval, question } from "./steps/approval";
import { begin } from "./steps/begin";
import { executionEnded, fail, finish, refuse } from "./steps/end";
import { plan } from "./steps/plan";
import { beginPublishing, settle } from "./steps/publishing";
import { refuseKeys } from "./steps/refuseKeys";
import { review } from "./steps/review";

/** The steps of an import by their names, as the state machine calls them. */
const steps = {
  begin,
  plan,
  refuseKeys,
  review,
  question,
  awaitApproval,
  approved,
  beginPublishing,
  settle,
  finish,
  refuse,
  fail,
} as const satisfies Record<string, (event: unknown, ports: ControlPorts) => Promise<unknown>>;

export type StepName = keyof typeof steps;

/** Carries out the step that an event names, or what an execution's end asks for. @throws InputError */
export async function control(event: unknown, ports: ControlPorts): Promise<unknown> {
  const name = (event as { readonly step?: unknown } | null)?.step;
  if (name === undefined) return executionEnded(event, ports);
  if (typeof name !== "string" || !Object.hasOwn(steps, name)) {
    throw new InputError(`There is no step ${String(name)}. Deploy the state machine together with its functions.`);
  }
  return steps[name as StepName](event, ports);
}
