"""Snowflake's SQL API, as far as commands use it: one statement, signed in by a key pair.

https://docs.snowflake.com/en/developer-guide/sql-api/reference
"""

import base64
import hashlib
import json
import uuid

import jwt
from cryptography.hazmat.primitives.serialization import load_der_public_key
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

import clock

_HOUR = 3600


class NotSignedIn(Exception):
    pass


class SqlApi:
    def __init__(self, registry, sql):
        self._registry, self._sql = registry, sql

    async def endpoint(self, request):
        try:
            body = json.loads(await request.body())
            user = self._user(request.headers)
            role = body.get("role") or ""
            if role not in self._registry.access.user_roles.get(user, ()):
                raise NotSignedIn(f"Role '{role}' specified in the connect string is not granted to this user.")
            answer = await run_in_threadpool(self._sql.run, body["statement"], body.get("database"), body.get("schema"), role)
        except NotSignedIn as error:
            return JSONResponse({"code": "390144", "message": str(error)}, 401)
        except Exception as error:
            return JSONResponse({"code": "001003", "sqlState": "42000", "message": str(error)}, 422)
        rows, names = answer["rows"], [column["name"] for column in answer["columns"]]
        names = names or list(rows[0] if rows else {})
        return JSONResponse(
            {
                "code": "090001",
                "statementHandle": str(uuid.uuid4()),
                "message": "Statement executed successfully.",
                "resultSetMetaData": {
                    "numRows": len(rows),
                    "format": "jsonv2",
                    "rowType": [{"name": name, "type": "text", "nullable": True} for name in names],
                    "partitionInfo": [{"rowCount": len(rows)}],
                },
                "data": [[None if row[name] is None else str(row[name]) for name in names] for row in rows],
            }
        )

    def _user(self, headers):
        """Whose token it is: signed with the user's key, named and dated as Snowflake wants it."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or headers.get("x-snowflake-authorization-token-type") != "KEYPAIR_JWT":
            raise NotSignedIn("JWT token is invalid: expected Authorization: Bearer and the token type KEYPAIR_JWT")
        if not headers.get("user-agent"):
            raise NotSignedIn("the SQL API needs a User-Agent")
        try:
            subject = jwt.decode(token, options={"verify_signature": False}).get("sub", "")
            account, _, user = subject.partition(".")
            key = base64.b64decode(self._sql.key_of(user) or "")
            # The times are held against our own clock below.
            options = {"require": ["iss", "sub", "iat", "exp"], "verify_exp": False, "verify_iat": False}
            claims = jwt.decode(token, load_der_public_key(key), algorithms=["RS256"], options=options)
        except Exception as error:
            raise NotSignedIn(f"JWT token is invalid: {error}") from error
        fingerprint = f"SHA256:{base64.b64encode(hashlib.sha256(key).digest()).decode()}"
        now = clock.now().timestamp()
        if claims["iss"] != f"{account}.{user}.{fingerprint}":
            raise NotSignedIn("JWT token is invalid: iss isn't <account>.<user>.<fingerprint of the public key>")
        if account != account.upper() or "." in user or not account:
            raise NotSignedIn("JWT token is invalid: account and user must be in upper case, the account without its region")
        if not claims["iat"] - 60 <= now < claims["exp"] <= claims["iat"] + _HOUR:
            raise NotSignedIn("JWT token is invalid: expired, or valid for more than an hour")
        return user
