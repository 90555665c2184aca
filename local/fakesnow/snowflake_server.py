"""fakesnow, with what it hasn't: storage integrations, stages, pipes, tasks, roles and grants, SQL over plain JSON.

Usage: snowflake_server.py <port>; LOCAL_AWS_ENDPOINT names the local AWS.
"""

import json
import os
import sys
from pathlib import Path

import fakesnow.server as fakesnow
import uvicorn
from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

import clock
from access import ADMIN, Denied
from catalog import Catalog
from snowflake_registry import REQUIRED, Missing, Registry
from snowflake_sql import Sql, keep_wide_numbers
from snowpipe import Snowpipe
from sql_api import SqlApi
from tasks import Tasks

sys.path.append(str(Path(__file__).resolve().parents[1] / "processes"))
from own_address import only_own_address  # noqa: E402
from parent_watch import watch_parent  # noqa: E402

registry = Registry(Catalog(fakesnow.shared_fs.duck_conn))
pipes = Snowpipe(registry, fakesnow.shared_fs.duck_conn)
sql = Sql(registry, pipes)
tasks = Tasks(registry, sql)
sql.use_tasks(tasks)
sql_api = SqlApi(registry, sql)


def answer(handle):
    """An endpoint of a function of (request, body) that may raise; run beside the event loop, since it calls AWS."""

    async def endpoint(request):
        try:
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(await run_in_threadpool(handle, request, body))
        except Missing as error:
            return JSONResponse({"error": str(error)}, 404)
        except Denied as error:
            return JSONResponse({"error": str(error)}, 403)
        except (BotoCoreError, ClientError) as error:
            return JSONResponse({"error": f"AWS: {error}"}, 403)
        except Exception as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint


def role_of(request):
    return request.headers.get("x-snowflake-role") or ADMIN


def kind_of(request):
    kind = request.path_params["kind"]
    if kind not in REQUIRED:
        raise Missing(f"/_local/{kind}: unknown; known: sql, {', '.join(REQUIRED)}")
    return kind


def one(request, _body):
    kind, name = kind_of(request), request.path_params["name"]
    if request.method == "GET":
        return registry.get(kind, name)
    known = registry.delete(kind, name, role_of(request))
    if kind == "pipes":
        pipes.forget(known)
    return {}


def many(request, body):
    kind = kind_of(request)
    return {kind: registry.list(kind)} if request.method == "GET" else registry.put(kind, body, role_of(request))


def run_sql(request, body):
    return sql.run(body["sql"], body.get("database"), body.get("schema"), role_of(request))


def move_clock(_request, body):
    moved = clock.advance(body["seconds"])
    tasks.run_due()
    return {"now": moved.isoformat()}


def pipe_history(request, _body):
    return {"files": pipes.history[registry.get("pipes", request.path_params["name"])["name"]]}


def task_history(request, _body):
    return {"runs": tasks.history[registry.get("tasks", request.path_params["name"])["name"]]}


def refresh(request, body):
    return {"files": len(pipes.refresh(request.path_params["name"], body.get("prefix", "")))}


routes = [
    Route("/_local/health", answer(lambda request, body: {"ok": True})),
    Route("/_local/sql", answer(run_sql), methods=["POST"]),
    Route("/_local/privileges", answer(lambda request, body: {"privileges": registry.access.list()})),
    Route("/_local/clock", answer(move_clock), methods=["POST"]),
    Route("/_local/pipes/{name}/history", answer(pipe_history)),
    Route("/_local/pipes/{name}/status", answer(lambda request, body: pipes.status(request.path_params["name"]))),
    Route("/_local/pipes/{name}/refresh", answer(refresh), methods=["POST"]),
    Route("/_local/tasks/{name}/history", answer(task_history)),
    Route("/_local/tasks/{name}/execute", answer(lambda request, body: tasks.execute(request.path_params["name"])), methods=["POST"]),
    Route("/_local/{kind}/{name}", answer(one), methods=["GET", "DELETE"]),
    Route("/_local/{kind}", answer(many), methods=["GET", "POST"]),
    Route("/api/v2/statements", sql_api.endpoint, methods=["POST"]),
    # The connectors' telemetry has nowhere to go.
    Route("/telemetry/{rest:path}", answer(lambda request, body: {"success": True, "data": None}), methods=["POST"]),
    *fakesnow.routes,
]

if __name__ == "__main__":
    watch_parent()
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    keep_wide_numbers()
    # Statements reach no file and no address; stages are read by this server.
    fakesnow.shared_fs.duck_conn.execute("SET enable_external_access = false")
    pipes.start()
    tasks.start()
    port = int(sys.argv[1])
    uvicorn.run(only_own_address(Starlette(routes=routes), port), host="127.0.0.1", port=port, log_level="warning")
