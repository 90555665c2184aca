"""Corrections of MiniStack's Secrets Manager: a secret that was created without a value has no version, as in AWS."""

import functools
import json

from ministack.services import secretsmanager


def install() -> None:
    create = secretsmanager._create_secret

    @functools.wraps(create)
    def without_version(data):
        status, headers, body = create(data)
        if status != 200 or "SecretString" in data or "SecretBinary" in data:
            return status, headers, body
        answered = json.loads(body)
        _, secret = secretsmanager._resolve(answered["ARN"])
        secret["Versions"].clear()
        del answered["VersionId"]
        return secretsmanager.json_response(answered)

    secretsmanager._create_secret = without_version
