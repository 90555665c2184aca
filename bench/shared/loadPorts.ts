import type { Readable } from "node:stream";
import { newFileEntry } from "../../functions/s3-to-dynamodb/ledger/items";
import type { LoadPorts } from "../../functions/s3-to-dynamodb/load/loadPart";
import { PrebuiltRequests } from "../../functions/s3-to-dynamodb/load/write/prebuiltRequests";
import { TableWriter } from "../../functions/s3-to-dynamodb/load/write/tableWriter";
import type { PipelineConfig } from "../../functions/s3-to-dynamodb/shared/contract";
import { benchClient } from "../ingestion/contender";
import { upload } from "../ingestion/rows";

/** The load function's surroundings: the table is the benchmark's server, the ledger keeps nothing. */
export function loadPorts(
  config: PipelineConfig,
  table: string,
  openPart: (landingKey: string) => Promise<Readable>,
): LoadPorts {
  return {
    config,
    log: console,
    ledger: {
      getFile: async () => newFileEntry(upload, upload.time),
      getPart: async () => undefined,
      finishPart: async () => true,
      completeFile: async () => undefined,
      raiseWatermark: async () => true,
    },
    table: new TableWriter(new PrebuiltRequests(benchClient()), table),
    openPart,
    saveQuarantine: async (key) => {
      throw new Error(`Nothing of the benchmark's data is to be quarantined: ${key}`);
    },
    sendContinuation: async () => {
      throw new Error("Every part is to be loaded in one go.");
    },
  };
}

/** As long as is needed. */
export const noDeadline = { near: () => false, over: () => false };
