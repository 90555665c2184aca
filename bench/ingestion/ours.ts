import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { loadPart } from "../../functions/s3-to-dynamodb/load/loadPart";
import { loadPorts, noDeadline } from "../shared/loadPorts";
import { serve } from "./contender";
import { config, landingLines, TABLE, upload } from "./rows";

const lines = landingLines();
const packed = gzipSync(`${lines.join("\n")}\n`);
const ports = loadPorts(config, TABLE, async () => Readable.from([packed]));

serve(async () => {
  const message = { upload, part: 1, landingKey: "landing/zipcodes/part-00001.ndjson.gz", records: lines.length };
  const { state, loaded } = await loadPart(message, ports, noDeadline);
  if (state !== "finished") throw new Error(`The part is ${state}.`);
  return loaded;
});
