"""Takes secrets' values out of whatever leaves the container: log, artifacts, summary."""

import json
import re
from urllib.parse import quote, quote_plus

SECRET_NAME = re.compile(r"SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS$|TOKEN|PRIVATE_?KEY|API_?KEY|CREDENTIAL", re.IGNORECASE)
# What points to a secret isn't one.
POINTER_NAME = re.compile(r"_(PATH|FILE|URI|ARN|ID)$", re.IGNORECASE)
# Shorter values would blacken half of the log. What the component names as secret counts from the second length.
GUESSED_LENGTH, NAMED_LENGTH = 8, 4


def redactor(env):
    """A function that takes secrets out of a text.

    The variables that REDACTED_VARIABLES names (the component lists what it fills from the secret), and those whose names
    say that they are secret. Of a key each of its lines; each as it is, as JSON and in a URL.
    """
    named = {name for name in env.get("REDACTED_VARIABLES", "").split(",") if name}
    hidden = set()
    for name, value in env.items():
        guessed = SECRET_NAME.search(name) and not POINTER_NAME.search(name)
        if name in named or guessed:
            shortest = NAMED_LENGTH if name in named else GUESSED_LENGTH
            for part in [value, *re.split(r"\r?\n|\\n", value)]:
                hidden.update(form for form in _forms(part.strip()) if len(part.strip()) >= shortest)
    # Dashes and words of a key's frame aren't secret.
    found = sorted((form for form in hidden if not form.startswith("-----")), key=len, reverse=True)
    if not found:
        return lambda text: text
    pattern = re.compile("|".join(map(re.escape, found)))
    return lambda text: pattern.sub("***", text)


def _forms(value):
    plain = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return plain | {quote(value), quote(value, safe=""), quote_plus(value)}
