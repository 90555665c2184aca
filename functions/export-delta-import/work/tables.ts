import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { sleep } from "../../shared/retry";
import { Progress } from "../progress/progress";
import { TableLock } from "../registry/lock";
import { Registry } from "../registry/registry";
import { DynamoDbStore } from "../registry/store";

/** Where an import keeps what it knows, as functions that take part in one are given it. */
export interface TableNames {
  readonly REGISTRY_TABLE: string;
  readonly LOCK_TABLE: string;
  readonly LEASE_SECONDS: number;
}

/** @param isRunning asked only by who may take a lock over */
export function tables(
  client: DynamoDBClient,
  { REGISTRY_TABLE, LOCK_TABLE, LEASE_SECONDS }: TableNames,
  isRunning: (execution: string) => Promise<boolean> = async () => true,
): { readonly registry: Registry; readonly progress: Progress; readonly lock: TableLock } {
  const time = { now: Date.now, pause: sleep };
  const registry = { ...time, store: new DynamoDbStore(client, REGISTRY_TABLE) };
  return {
    registry: new Registry(registry),
    progress: new Progress(registry),
    lock: new TableLock({
      ...time,
      store: new DynamoDbStore(client, LOCK_TABLE),
      isRunning,
      leaseMs: LEASE_SECONDS * 1_000,
    }),
  };
}
