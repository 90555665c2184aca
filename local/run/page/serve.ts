/** Serves the page on loopback, for the browser of who started the run. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { contentPolicy } from "./page";

export interface ServedPage {
  /** For example `http://127.0.0.1:41234/`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers GET / under its own address alone: a name that somebody has led to this machine would let another site's
 * script read the page.
 */
export async function servePage(html: string): Promise<ServedPage> {
  const server = createServer(({ method, url, headers }, response) => {
    const { port } = server.address() as AddressInfo;
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Cache-Control", "no-store");
    if (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`) {
      response.writeHead(403).end(`only http://127.0.0.1:${port}/ is answered\n`);
    } else if (url !== "/") {
      response.writeHead(404).end("there is only /\n");
    } else if (method !== "GET" && method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
    } else {
      response
        .writeHead(200, {
          "Content-Type": "text/html; charset=utf-8",
          // The page's own meta element can't say by whom it may be framed.
          "Content-Security-Policy": `${contentPolicy}; frame-ancestors 'none'`,
          "Cross-Origin-Resource-Policy": "same-origin",
          "Referrer-Policy": "no-referrer",
        })
        .end(html);
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // A browser keeps its connection open.
        server.closeAllConnections();
      }),
  };
}
