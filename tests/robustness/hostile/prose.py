"""Articles by the hundred, no two with a line in common: a key -> the paragraphs of one article."""

import random

_WHO = (
    "the harbour master", "a retired surveyor", "the choir of the upper town", "the district court", "an engineer",
    "the ferry company", "a group of pupils", "the head of the water works", "the museum", "the night watchman",
    "a baker from the old market", "the union of dockers", "the mayor", "a botanist", "the fire brigade",
)  # fmt: skip
_DID = (
    "measured", "repaired", "sold", "moved", "described", "drew", "opened", "closed", "inspected", "painted", "found",
    "lost", "counted", "insured", "photographed",
)  # fmt: skip
_WHAT = (
    "a stone bridge", "two barges", "the tower clock", "an orchard", "the northern lock", "a printing press",
    "three windmills", "the archive of the guild", "a cargo of salt", "the observatory", "an iron footbridge",
    "the old pumping station", "a herd of goats", "the railway timetable", "a cellar full of maps",
)  # fmt: skip
_WHEN = (
    "before the first frost", "on a wet Tuesday", "during the regatta", "after a long meeting",
    "in the last week of May", "while the street was flooded", "at the request of a neighbour",
    "without telling anybody", "for the second time",
)  # fmt: skip


def title(key: str) -> str:
    chance = random.Random(f"title {key}")
    return f"{chance.choice(_WHO).capitalize()} {chance.choice(_DID)} {chance.choice(_WHAT)}".replace("  ", " ")


def paragraphs(key: str, count: int = 5) -> tuple[str, ...]:
    chance = random.Random(key)
    return tuple(" ".join(_sentence(chance) for _ in range(3)) for _ in range(count))


def text(key: str) -> str:
    return "\n".join(paragraphs(key))


def html(key: str, charset: str = "utf-8", count: int = 5) -> str:
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs(key, count))
    return document(title(key), body, charset)


def document(name: str, body: str, charset: str = "utf-8") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="{charset}"><title>{name}</title></head>'
        f"<body><article><h1>{name}</h1>\n{body}</article></body></html>"
    )


def _sentence(chance: random.Random) -> str:
    what, other = chance.sample(_WHAT, 2)
    number = chance.randrange(1_000, 100_000)
    return (
        f"{chance.choice(_WHO).capitalize()} {chance.choice(_DID)} {what} {chance.choice(_WHEN)}, and file {number} "
        f"says that {chance.choice(_WHO)} {chance.choice(_DID)} {other} as well."
    )
