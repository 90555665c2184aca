import { Input } from "../../shared/input";
import type { Lease } from "../registry/lock";
import { tableId } from "../shared/exportKey";
import type { TableRef } from "./ports";

/** Which import a step belongs to. */
export interface ImportRequest extends TableRef {
  readonly lease: Lease;
  /** Order of the version. */
  readonly order: string;
  readonly input: Input;
}

/** @throws InputError */
export function tableRequest(event: unknown): TableRef & { readonly pk: string; readonly execution: string } {
  const input = new Input(event);
  const ref = { tenant: input.text("tenant"), table: input.text("table") };
  return { ...ref, pk: tableId(ref), execution: input.text("execution") };
}

/** @throws InputError */
export function importRequest(event: unknown): ImportRequest {
  const { tenant, table, pk, execution } = tableRequest(event);
  const input = new Input(event);
  return {
    tenant,
    table,
    lease: { pk, owner: execution, token: input.count("token") },
    order: input.text("order"),
    input,
  };
}

/** Items that a Map has at most: an execution's history holds 25,000 events. */
const MAX_GROUPS = 400;

/** Groups that so many files are dealt with in. */
export function groupsOf(files: number): number {
  return Math.min(files, MAX_GROUPS);
}

/** Numbers of the files of the group that a step is for: every so-manieth. @throws InputError */
export function filesOfGroup({ input }: Pick<ImportRequest, "input">, files: number): number[] {
  const [group, groups] = [input.count("group"), input.count("groups")];
  return Array.from({ length: files }, (_, file) => file).filter((file) => file % groups === group);
}
