"""Images that were built "as if": what their Dockerfile copies and starts is kept, its RUN lines are only noted.

The files lie in a folder that stands for the image's root; each container gets its own copy. Absolute paths that the image
has are turned into paths of that copy in the command, its arguments and the environment.
"""

import json
import os
import re
import shlex
import shutil
import tempfile
import threading
from pathlib import Path

_NOTED = {"RUN", "USER", "LABEL", "EXPOSE", "ARG", "STOPSIGNAL", "HEALTHCHECK", "SHELL", "FROM"}


# The folder of the whole project: nothing outside of it is read.
_PROJECT = Path(__file__).resolve().parents[2]


class UnknownImage(Exception):
    """No build of that image was told to the local cloud."""


class Images:
    def __init__(self, program_path):
        """program_path: what stands for the programs of an image (python, dbt), as a PATH."""
        self._program_path, self._lock, self._images = program_path, threading.Lock(), {}
        self._folder = _folder_of_this_process()

    def build(self, body):
        """Notes a build `{uri, context, dockerfile?}`. @raises ValueError when the Dockerfile asks for what can't be done here"""
        uri, context = body.get("uri"), _inside(_PROJECT, body.get("context") or "")
        dockerfile = _inside(_PROJECT, body.get("dockerfile") or context / "Dockerfile")
        if not uri or not dockerfile.is_file():
            raise ValueError(f"images: give uri and a context with a Dockerfile; there is no file {dockerfile}")
        root = Path(tempfile.mkdtemp(prefix="image-", dir=self._folder))
        image = _follow(dockerfile.read_text(), context, root)
        known_as = _without_tag(uri)
        with self._lock:
            before = self._images.get(known_as)
            self._images[known_as] = {**image, "uri": uri, "root": root, "context": str(context)}
        if before:
            shutil.rmtree(before["root"], ignore_errors=True)
        return self._told(self._images[known_as])

    def list(self):
        with self._lock:
            return [self._told(image) for image in self._images.values()]

    @staticmethod
    def _told(image):
        return {name: value for name, value in image.items() if name != "root"}

    def known(self, uri):
        return _without_tag(uri) in self._images

    def unpack(self, uri, entrypoint, command, environment, workdir):
        """(argv, environment, folder to remove, working folder) of a new container."""
        with self._lock:
            image = self._images.get(_without_tag(uri))
        if image is None:
            raise UnknownImage(f"{uri}: the local cloud knows no build of it; POST it to /_local/images first")
        folder = Path(tempfile.mkdtemp(prefix="container-", dir=self._folder))
        shutil.copytree(image["root"], folder / "root", symlinks=True)
        root, home = folder / "root", folder / "home"
        home.mkdir()
        inside = {**image["environment"], **environment}
        # An entry point of the task definition makes the image's CMD void, as in Docker.
        argv = (entrypoint or image["entrypoint"]) + (command or ([] if entrypoint else image["command"]))
        if not argv:
            raise ValueError(f"{uri}: neither the image nor the task definition says what to start")
        cwd = root / (workdir or image["workdir"]).lstrip("/")
        cwd.mkdir(parents=True, exist_ok=True)
        variables = {name: _translated(str(value), root) for name, value in inside.items()}
        fixed = {"PATH": self._path(inside.get("PATH", ""), root), "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8"}
        return [_translated(each, root) for each in argv], {**variables, **fixed}, folder, cwd

    def _path(self, asked, root):
        """Folders of the image that its PATH names come first; what stands for the others, python and dbt, after them."""
        own = [root / part.lstrip("/") for part in asked.split(":") if part.startswith("/")]
        return os.pathsep.join([*(str(each) for each in own if each.is_dir()), self._program_path])


def _without_tag(uri):
    """`repository:tag@digest` is `repository@digest`, as services' tasks name it."""
    name, at, digest = uri.partition("@")
    return re.sub(r":[^/:]+$", "", name) + at + digest if at else uri


def _inside(folder, path):
    """The path without links and dots. @raises ValueError when it isn't in the folder"""
    found = (folder / path).resolve()
    if not found.is_relative_to(folder):
        raise ValueError(f"images: {path} is outside of {folder}; only files of the project are taken")
    return found


def _folder_of_this_process():
    """A folder named by this process; those of processes that are gone are removed."""
    base = Path(tempfile.gettempdir()) / "local-cloud-containers"
    for other in base.glob("*"):
        try:
            os.kill(int(other.name), 0)
        except ProcessLookupError:
            shutil.rmtree(other, ignore_errors=True)
        except PermissionError:
            continue  # somebody else's, and it runs
    own = base / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(parents=True)
    return own


def _translated(text, root):
    """Paths of the image as paths of the container's copy; only those that are there."""
    if not text.startswith("/"):
        return text
    parts = [str(root / part.lstrip("/")) if (root / part.lstrip("/")).exists() and part != "/" else part for part in text.split(":")]
    return ":".join(parts)


def _follow(text, context, root):
    image = {"entrypoint": [], "command": [], "environment": {}, "workdir": "/", "noted": []}
    lines = re.sub(r"\\\s*\n", " ", "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")))
    for line in filter(None, (each.strip() for each in lines.splitlines())):
        word, _, rest = line.partition(" ")
        word, rest = word.upper(), rest.strip()
        if word in _NOTED:
            image["noted"].append(line)
        elif word == "ENV":
            pairs = dict(part.partition("=")[::2] for part in shlex.split(rest))
            image["environment"].update(pairs)
        elif word == "WORKDIR":
            image["workdir"] = os.path.join(image["workdir"], rest)
            (root / image["workdir"].lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word in ("ENTRYPOINT", "CMD"):
            image["entrypoint" if word == "ENTRYPOINT" else "command"] = _argv(rest)
        elif word == "COPY":
            _copy(rest, context, root, image["workdir"])
        else:
            raise ValueError(f"images: the local cloud doesn't know the Dockerfile line {line!r}; see aws_images.py")
    return image


def _argv(text):
    return json.loads(text) if text.startswith("[") else ["/bin/sh", "-c", text]


def _copy(text, context, root, workdir):
    words = json.loads(text) if text.startswith("[") else shlex.split(text)
    if any(word.startswith("--from") for word in words):
        raise ValueError("images: COPY --from can't be followed without Docker; copy from the context")
    *sources, target = [word for word in words if not word.startswith("--")]
    place = root / os.path.join(workdir, target).lstrip("/")
    into = target.endswith("/") or target in (".", "./") or len(sources) > 1
    for pattern in sources:
        found = sorted(context.glob(pattern)) if pattern not in (".", "./") else [context]
        if not found:
            raise ValueError(f"images: COPY {pattern}: there is nothing like it in {context}")
        for source in found:
            _inside(context, source)
            if source.is_dir():
                shutil.copytree(source, place, dirs_exist_ok=True, symlinks=True)
            else:
                (place if into else place.parent).mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, place / source.name if into else place)
