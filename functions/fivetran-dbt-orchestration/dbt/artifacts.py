"""Where a run's artifacts go: S3, or a folder where there is none."""

import os


class FolderStore:
    def __init__(self, folder):
        self._folder = folder

    def __str__(self):
        return str(self._folder)

    def put(self, name, content):
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(content)


class S3Store:
    def __init__(self, bucket, prefix):
        self._bucket = bucket
        self._prefix = prefix
        self._client = None

    def __str__(self):
        return f"s3://{self._bucket}/{self._prefix}"

    def put(self, name, content):
        key = f"{self._prefix}{name}"
        self._connect().put_object(Bucket=self._bucket, Key=key, Body=content, ContentType="application/json")

    def _connect(self):
        if self._client is None:
            # Here, so that dbt doesn't wait for it, and a folder needs no boto3.
            import boto3
            from botocore.config import Config

            # Bucket names aren't host names at an endpoint that isn't AWS's.
            own = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
            style = {"addressing_style": "path"} if own else {}
            retries = {"max_attempts": 6, "mode": "standard"}
            self._client = boto3.client("s3", config=Config(s3=style, retries=retries))
        return self._client
