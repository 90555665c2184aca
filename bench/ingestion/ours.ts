import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { loadPart } from "../../functions/s3-to-dynamodb/load/loadPart";
import { collectBenchFile } from "../shared/collect";
import { loadPorts, noDeadline } from "../shared/loadPorts";
import { serve } from "./contender";
import { CSV_PATH, config, FILE, TABLE } from "./rows";

const parts = new Map<string, Buffer>();
const ports = loadPorts(config, TABLE, async (key) => Readable.from([parts.get(key) as Buffer]));
const file = { ...FILE, read: () => createReadStream(CSV_PATH) };

// Both functions one after the other, what stands between them in memory.
serve(async () => {
  const { messages } = await collectBenchFile(config, file, {
    put: (key, body) => void parts.set(key, body),
    move: (from, to) => {
      parts.set(to, parts.get(from) as Buffer);
      parts.delete(from);
    },
  });
  let items = 0;
  for (const message of messages) {
    const { state, loaded } = await loadPart(message, ports, noDeadline);
    if (state !== "finished") throw new Error(`Part ${message.part} is ${state}.`);
    items += loaded;
  }
  return items;
});
