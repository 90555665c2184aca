import { LocalConnection } from "./connection";
import { pageOf } from "./pages";
import { ApiProblem } from "./problem";
import type { Syncs } from "./syncs";
import type { ConnectionDefinition } from "./types";
import type { Webhooks } from "./webhooks";

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

interface Answer {
  readonly status?: number;
  readonly message?: string;
  readonly data?: object;
}

type Handler = (ids: readonly string[], request: ApiRequest) => Promise<Answer> | Answer;

/** What the API does, without HTTP. */
export class FivetranApi {
  readonly connections = new Map<string, LocalConnection>();
  private readonly groups: readonly string[];
  private readonly routes: readonly (readonly [method: string, path: RegExp, handler: Handler])[];

  constructor(
    groups: Readonly<Record<string, readonly ConnectionDefinition[]>>,
    private readonly syncs: Syncs,
    private readonly webhooks: Webhooks,
    private readonly pageSize?: number,
  ) {
    this.groups = Object.keys(groups);
    for (const [group, definitions] of Object.entries(groups)) {
      for (const definition of definitions) {
        const connection = new LocalConnection(group, definition);
        this.connections.set(definition.id, connection);
        if (definition.syncing) void this.syncs.start(connection);
        else this.syncs.resume(connection);
      }
    }
    this.routes = [
      ["GET", /^\/v1\/groups$/, (_, { query }) => ({ data: pageOf(this.groups.map(group), query) })],
      ["GET", /^\/v1\/groups\/([^/]+)$/, ([id = ""]) => ({ data: group(this.group(id)) })],
      ["GET", /^\/v1\/groups\/([^/]+)\/connections$/, ([id = ""], { query }) => this.list(id, query)],
      ["GET", /^\/v1\/connections\/([^/]+)$/, ([id = ""]) => ({ data: this.connection(id).state() })],
      ["PATCH", /^\/v1\/connections\/([^/]+)$/, ([id = ""], { body }) => this.modify(id, body)],
      ["POST", /^\/v1\/connections\/([^/]+)\/sync$/, ([id = ""], { body }) => this.sync(id, body)],
      ["GET", /^\/v1\/webhooks$/, (_, { query }) => ({ data: pageOf(this.webhooks.list(), query) })],
      ["POST", /^\/v1\/webhooks\/account$/, (_, { body }) => this.hook(objectOf(body))],
      ["POST", /^\/v1\/webhooks\/group\/([^/]+)$/, ([id = ""], { body }) => this.hook(objectOf(body), this.group(id))],
      ["GET", /^\/v1\/webhooks\/([^/]+)$/, ([id = ""]) => ({ data: this.webhooks.get(id) })],
      [
        "PATCH",
        /^\/v1\/webhooks\/([^/]+)$/,
        async ([id = ""], { body }) => ({ data: await this.webhooks.update(id, objectOf(body)) }),
      ],
      [
        "DELETE",
        /^\/v1\/webhooks\/([^/]+)$/,
        ([id = ""]) => {
          this.webhooks.delete(id);
          return {};
        },
      ],
      ["POST", /^\/v1\/webhooks\/([^/]+)\/test$/, ([id = ""], { body }) => this.test(id, body)],
    ];
  }

  /** @throws ApiProblem */
  async answer(request: ApiRequest): Promise<Answer> {
    for (const [method, path, handler] of this.routes) {
      const match = method === request.method ? path.exec(request.path) : null;
      if (match) return handler(match.slice(1).map(decodeURIComponent), request);
    }
    throw new ApiProblem(404, "NotFound", `There is no ${request.method} ${request.path}`);
  }

  connection(id: string): LocalConnection {
    const found = this.connections.get(id);
    if (!found) throw new ApiProblem(404, "NotFound_Connection", `Cannot find connection with id '${id}'`);
    return found;
  }

  private group(id: string): string {
    if (!this.groups.includes(id)) throw new ApiProblem(404, "NotFound_Group", `Cannot find group with id '${id}'`);
    return id;
  }

  private list(id: string, query: URLSearchParams): Answer {
    const groupId = this.group(id);
    const own = [...this.connections.values()].filter((each) => each.groupId === groupId);
    return {
      data: pageOf(
        own.map((each) => each.state()),
        query,
        this.pageSize,
      ),
    };
  }

  private modify(id: string, body: unknown): Answer {
    const connection = this.connection(id);
    const { paused, schedule_type } = objectOf(body);
    if (paused !== undefined) {
      if (typeof paused !== "boolean") throw new ApiProblem(400, "InvalidInput", "paused is true or false");
      connection.paused = paused;
    }
    if (schedule_type !== undefined) {
      if (schedule_type !== "auto" && schedule_type !== "manual") {
        throw new ApiProblem(400, "InvalidInput", "schedule_type is auto or manual");
      }
      connection.scheduleType = schedule_type;
    }
    return { message: "Connection has been updated", data: connection.state() };
  }

  private async sync(id: string, body: unknown): Promise<Answer> {
    const connection = this.connection(id);
    const { force = false } = objectOf(body ?? {});
    if (typeof force !== "boolean") throw new ApiProblem(400, "InvalidInput", "force is true or false");
    if (connection.paused) throw new ApiProblem(409, "Conflict", `Connection '${id}' is paused`);
    if (connection.setupState !== "connected") {
      throw new ApiProblem(409, "Conflict", `Connection '${id}' is ${connection.setupState}`);
    }
    if (connection.syncId !== undefined) {
      if (!force) return { message: "Connection is syncing already" };
      this.syncs.cancel(connection);
    }
    await this.syncs.start(connection);
    return { message: "Sync has been successfully triggered for connection" };
  }

  private async hook(body: Record<string, unknown>, groupId?: string): Promise<Answer> {
    return { status: 201, message: "Webhook has been created", data: await this.webhooks.create(body, groupId) };
  }

  private async test(id: string, body: unknown): Promise<Answer> {
    const { event } = objectOf(body);
    if (typeof event !== "string") throw new ApiProblem(400, "InvalidInput", "event is missing");
    return { data: await this.webhooks.test(id, event) };
  }
}

function group(id: string): object {
  return { id, name: id, created_at: "2026-01-01T00:00:00.000Z" };
}

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiProblem(400, "InvalidInput", "the body has to be a JSON object");
  }
  return { ...body };
}
