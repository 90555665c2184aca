/** What every part of a stack's program needs. */
import type { StackConfig } from "./schema";

/** What the stack's own keys say to every component. */
export function ofStack({ alarmTopicArn, logRetentionDays, allowDestroy }: StackConfig) {
  return { alarmTopicArn, logRetentionDays, allowDestroy };
}

/** Those outputs of a component that its stack hands on, under the same names. */
export function pick<Component extends object, const Name extends keyof Component>(
  component: Component,
  names: readonly Name[],
): Pick<Component, Name> {
  return Object.fromEntries(names.map((name) => [name, component[name]])) as Pick<Component, Name>;
}
