import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Stored {
  readonly schema: string;
  /** Left out for Avro, as the real registry does. */
  readonly schemaType?: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

/** A schema registry on loopback. */
export class RegistryServer {
  readonly requests: IncomingMessage[] = [];
  /** Answers before the stored ones: a status and a body, or none at all. */
  readonly answers: ({ readonly status: number; readonly body: string } | "reset")[] = [];
  private readonly ids = new Map<number, Stored>();
  private readonly subjects = new Map<string, Stored>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.requests.push(request);
      const answer = this.answers.shift();
      if (answer === "reset") return void request.socket.destroy();
      const found = this.find(decodeURIComponent(request.url ?? ""));
      response.statusCode = answer?.status ?? (found === undefined ? 404 : 200);
      response.end(answer?.body ?? JSON.stringify(found ?? { error_code: 40403, message: "Schema not found" }));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  add(id: number, stored: Stored): void {
    this.ids.set(id, stored);
  }

  addSubject(name: string, version: number, stored: Stored): void {
    this.subjects.set(`${name} ${version}`, stored);
  }

  private find(path: string): Stored | undefined {
    const id = /^\/schemas\/ids\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined) return this.ids.get(Number(id));
    const [, subject, version] = /^\/subjects\/(.+)\/versions\/(\d+)$/.exec(path) ?? [];
    return this.subjects.get(`${subject} ${version}`);
  }
}

/** Data in the wire format. */
export function framed(id: number, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, ...parts]);
}
