import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type LoadPorts, loadPart } from "../../functions/load/loadPart";
import { PrebuiltRequests } from "../../functions/load/write/prebuiltRequests";
import { TableWriter } from "../../functions/load/write/tableWriter";
import { benchClient } from "../ingestion/contender";
import { report, requests } from "./child";
import { config } from "./rows";

/** Loads every part, one after the other, as a function does that is kept warm. */
requests(async ({ folder, messages }) => {
  const ports: LoadPorts = {
    config,
    log: console,
    ledger: {
      getPart: async () => undefined,
      finishPart: async () => undefined,
      completeFile: async () => undefined,
      raiseWatermark: async () => true,
    },
    table: new TableWriter(new PrebuiltRequests(benchClient()), "bench-items"),
    openPart: async (key) => Readable.from([readFileSync(join(folder, encodeURIComponent(key)))]),
    saveQuarantine: async (key) => {
      throw new Error(`Nothing of the generated table is to be quarantined: ${key}`);
    },
    sendContinuation: async () => {
      throw new Error("Every part is to be loaded in one go.");
    },
  };
  let records = 0;
  for (const message of messages) {
    records += (await loadPart(message, ports, { near: () => false, over: () => false })).loaded;
  }
  report({ records, messages: [] });
});
