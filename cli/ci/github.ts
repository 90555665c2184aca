/** The few calls of GitHub's API that keep one comment or issue up to date. */

export interface GitHub {
  /** One answer, or undefined for an answer without content. @throws Error with status and GitHub's message */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** @param token for `issues: write` or `pull-requests: write` of the repository; never shown */
export function gitHub(apiUrl: string, token: string, send: typeof fetch = fetch): GitHub {
  return {
    async call(method, path, body) {
      const response = await send(`${apiUrl}${path}`, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${token}`,
          "x-github-api-version": "2022-11-28",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) {
        const hint =
          response.status === 403 ? ". Fix: give the job `permissions: pull-requests: write, issues: write`" : "";
        throw new Error(`GitHub answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}${hint}`);
      }
      return text === "" ? undefined : JSON.parse(text);
    },
  };
}

interface Found {
  readonly id?: number;
  readonly number?: number;
  readonly body?: string | null;
  readonly pull_request?: unknown;
}

/** Changes the comment that has the marker, or writes the first. @returns what was done */
export async function upsertComment(
  api: GitHub,
  repository: string,
  pullRequest: number,
  marker: string,
  body: string,
): Promise<"created" | "updated"> {
  const path = `/repos/${repository}/issues/${pullRequest}/comments`;
  const found = await find(api, path, (each) => each.body?.startsWith(marker) ?? false);
  if (found?.id !== undefined) {
    await api.call("PATCH", `/repos/${repository}/issues/comments/${found.id}`, { body });
    return "updated";
  }
  await api.call("POST", path, { body });
  return "created";
}

/**
 * Keeps one open issue as long as there is something to tell, and closes it when there isn't.
 * @param body undefined: nothing to tell
 */
export async function upsertIssue(
  api: GitHub,
  repository: string,
  marker: string,
  title: string,
  body: string | undefined,
): Promise<"created" | "updated" | "closed" | "nothing"> {
  const found = await find(
    api,
    `/repos/${repository}/issues?state=open`,
    (each) => each.pull_request === undefined && (each.body?.startsWith(marker) ?? false),
  );
  const path = `/repos/${repository}/issues`;
  if (body === undefined) {
    if (found?.number === undefined) return "nothing";
    await api.call("PATCH", `${path}/${found.number}`, { state: "closed", state_reason: "completed" });
    return "closed";
  }
  if (found?.number !== undefined) {
    await api.call("PATCH", `${path}/${found.number}`, { body });
    return "updated";
  }
  await api.call("POST", path, { title, body });
  return "created";
}

async function find(api: GitHub, path: string, matches: (each: Found) => boolean): Promise<Found | undefined> {
  const perPage = 100;
  for (let page = 1; ; page += 1) {
    const separator = path.includes("?") ? "&" : "?";
    const list = await api.call("GET", `${path}${separator}per_page=${perPage}&page=${page}`);
    if (!Array.isArray(list)) throw new Error(`GitHub's answer to GET ${path} isn't a list`);
    const found = (list as Found[]).find(matches);
    if (found !== undefined || list.length < perPage) return found;
  }
}
