import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { type LoadPorts, loadPart } from "../../functions/load/loadPart";
import { PrebuiltRequests } from "../../functions/load/write/prebuiltRequests";
import { TableWriter } from "../../functions/load/write/tableWriter";
import { benchClient, serve } from "./contender";
import { config, landingLines, TABLE, upload } from "./rows";

const lines = landingLines();
const packed = gzipSync(`${lines.join("\n")}\n`);
const ports: LoadPorts = {
  config,
  log: console,
  ledger: {
    getPart: async () => undefined,
    finishPart: async () => undefined,
    completeFile: async () => undefined,
    raiseWatermark: async () => true,
  },
  table: new TableWriter(new PrebuiltRequests(benchClient()), TABLE),
  openPart: async () => Readable.from([packed]),
  saveQuarantine: async () => {
    throw new Error("Nothing of the sample is to be quarantined.");
  },
  sendContinuation: async () => {
    throw new Error("The sample is to be loaded in one go.");
  },
};

serve(async () => {
  const message = { upload, part: 1, landingKey: "landing/zipcodes/part-00001.ndjson.gz", records: lines.length };
  const { state, loaded } = await loadPart(message, ports, { near: () => false, over: () => false });
  if (state !== "finished") throw new Error(`The part is ${state}.`);
  return loaded;
});
