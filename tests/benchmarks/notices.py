"""Short notices as papers print them day by day from one template: different texts that look alike.

Each is written by chance: `{name}` is one of a table, `{number}` a number up to 60, `{some}` some sentences.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    "street": ("Mill Lane", "Station Road", "Weir Street", "Harbour Walk", "Chapel Hill", "Tanner's Row", "the quay"),
    "who": ("a man of 34", "two teenagers", "a woman in a red coat", "the owner", "a cyclist", "nobody", "a neighbour"),
    "what": ("a broken window", "a stolen bicycle", "loud music", "a lost dog", "a collision", "smoke", "shouting"),
    "sky": ("sunny", "cloudy", "overcast with drizzle", "clear", "misty at first", "wet and windy", "changeable"),
    "wind": ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"),
    "team": ("Weirside", "Harbour Rovers", "Old Tannery", "Chapel United", "St Anne's", "Northfield", "the Millers"),
    "player": ("Abbott", "Brand", "Castle", "Dorn", "Ellery", "Frost", "Gale", "Hart", "Ince", "Jarvis", "Keller"),
    "way": ("rose", "fell", "gained", "lost", "slipped", "climbed"),
    "firm": ("Delta Shipping", "Norland Bank", "Larch Timber", "Weir Water", "Halden Steel", "Coastal Rail"),
    "name": ("Ada Thorn", "Benedict Moor", "Clara Reed", "Daniel Wicke", "Edith Sund", "Frank Holm", "Greta Vane"),
}  # fmt: skip
_FIELD: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A template: its text, which is the same each time but for its fields, and sentences of which it takes some."""

    name: str
    text: str
    sentences: tuple[str, ...] = ()
    some: tuple[int, int] = (0, 0)  # at least, at most

    def written(self, chance: random.Random) -> str:
        """One notice."""
        chosen = chance.sample(self.sentences, chance.randint(*self.some))
        return _FIELD.sub(lambda found: _filled(found[1], chance), self.text.replace("{some}", " ".join(chosen)))


def _filled(name: str, chance: random.Random) -> str:
    return str(chance.randint(1, 60)) if name == "number" else chance.choice(_TABLES[name])


_INCIDENTS: Final = (
    "Officers were called to {street} at {number} minutes past nine after a report of {what}; {who} was spoken to.",
    "At {number} minutes past midnight {who} reported {what} on {street}.",
    "{what} was reported from {street} on {day}. Officers found {who} there.",
    "A car was stopped on {street} at {number} miles an hour above the limit, and {who} was fined.",
    "On {street}, {who} told officers of {what}. Nothing was found.",
    "The fire brigade went to {street} because of {what}. It left after {number} minutes.",
)
_APPEAL: Final = (
    " Anyone who has seen something is asked to call the station on the market square, which is open day and "
    "night, or to speak to an officer on the beat. Names are not passed on. The log is a summary of calls as they"
    " were received; being named in it does not mean that anybody has done anything wrong, and charges are a "
    "matter for the courts."
)
_CLAIM: Final = (
    " Tickets may be bought until seven in the evening at any shop that shows the sign of the lottery. Prizes of "
    "up to five hundred are paid by the shop where the ticket was bought. For more than that the winner has to "
    "fill in a form, sign the back of the ticket, and send both to the office of the lottery by registered post, "
    "or bring them there on a working day between nine and four. A prize that nobody has claimed within ninety "
    "days of the draw goes to the schools of the county. The chance of matching all the numbers is one in "
    "fourteen million, and the overall chance of winning any prize is one in fifty-four. Players have to be "
    "eighteen or older. Whoever cannot stop can call a number that is printed on each ticket; the call is free, "
    "and no name is asked for. The draw is held in public, in the hall of the old exchange, under the eyes of a "
    "notary, and is shown by the county's own channel on the same evening."
)
_WEATHER: Final = (
    "{day} will be {sky}, with a high of {number} and a low of {number} degrees. The wind comes from the {wind} "
    "at {number} miles an hour. The chance of rain is {number} per cent. High water at the harbour is at {number}"
    " minutes past six. On {day} it will be {sky} and on {day} {sky}, with highs of {number} and {number} "
    "degrees."
)
_MATCH: Final = (
    "{team} beat {team} by {number} to {number} on {day} evening. {player} scored first after {number} minutes, "
    "and {player} made it two before the break. {player} answered for the guests after {number} minutes. {number}"
    " people watched the match, which was refereed by {player}. {team} are next at home to {team} on {day}."
)
_MARKET: Final = (
    "Shares {way} on {day}. The index of the thirty largest companies {way} by {number} points, and that of "
    "smaller ones {way} by {number}. {firm} {way} by {number} per cent after its figures for the quarter, while "
    "{firm} {way} by {number}. Oil {way} to {number} a barrel, and gold {way} by {number}. The yield of ten-year "
    "bonds {way} slightly."
)
_FUNERAL: Final = (
    "{name}, of {street}, died on {number} {month} at the age of {number}. The funeral is at St Anne's on {day}, "
    "{month} {number}, at eleven. The family asks for no flowers; gifts may be made to the hospice. The family "
    "thanks the nurses of the county hospital for their care."
)
NOTICES: Final = (
    Notice(name="Police log, one line", text="{some}", sentences=_INCIDENTS, some=(1, 1)),
    Notice(name="Police log", text="{some}", sentences=_INCIDENTS, some=(3, 6)),
    Notice(name="Police log with an appeal", text="{some}" + _APPEAL, sentences=_INCIDENTS, some=(3, 6)),
    Notice(name="Police log, one line, with an appeal", text="{some}" + _APPEAL, sentences=_INCIDENTS, some=(1, 1)),
    Notice(name="Weather", text=_WEATHER),
    Notice(name="Weather, a week", text=" ".join([_WEATHER] * 3)),
    Notice(name="Match", text=_MATCH),
    Notice(name="Markets", text=_MARKET),
    Notice(name="Funeral", text=_FUNERAL),
    Notice(
        name="Lottery",
        text="The winning numbers of {day} are {number}, {number}, {number}, {number}, {number} and {number}. "
        "The jackpot of {number} million was not won.",
    ),
    Notice(
        name="Lottery with the rules",
        text="The winning numbers of {day}, {month} {number}, are {number}, {number}, {number}, {number}, {number} and "
        "{number}. The jackpot of {number} million was not won, and goes into the draw of {day}." + _CLAIM,
    ),
)
