import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// Answers every request at once, as a table would that never throttles. A process of its own: its time isn't counted.
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end('{"UnprocessedItems":{}}');
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
