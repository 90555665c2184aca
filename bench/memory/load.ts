import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { loadPart } from "../../functions/s3-to-dynamodb/load/loadPart";
import { loadPorts, noDeadline } from "../shared/loadPorts";
import { report, requests } from "./child";
import { config } from "./rows";

/** Loads every part, one after the other, as a function does that is kept warm. */
requests(async ({ folder, messages }) => {
  const ports = loadPorts(config, "bench-items", async (key) =>
    Readable.from([readFileSync(join(folder, encodeURIComponent(key)))]),
  );
  let records = 0;
  for (const message of messages) {
    records += (await loadPart(message, ports, noDeadline)).loaded;
  }
  report({ records, messages: [] });
});
