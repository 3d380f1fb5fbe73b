"""The demonstration parents that the tests sign in as, or bring to an account."""

from dataclasses import dataclass

PASSWORD = "Parent2026"
#: What newcomers choose.
CHOSEN = "Tilleul3Cour"


@dataclass(frozen=True)
class Parent:
    identifier: str
    given_name: str
    family_name: str
    #: Given names, the eldest first, as the claim lists them.
    children: tuple[str, ...]
    password: str = PASSWORD


VALERY = Parent("v.durant1", "Valéry", "DURANT", ("Alexis",))
PATRICK = Parent("patrick.dupont1", "Patrick", "DUPONT", ("Léane", "Jean", "Clémence", "Marceau"))
VALERYS_NUMBER = "+33639980001"


@dataclass(frozen=True)
class Newcomer:
    """A parent whom the directory knows, on the way to an account or to its link with FranceConnect."""

    identifier: str
    given_name: str
    family_name: str
    #: As the directory has it.
    number: str
    #: As it is typed.
    typed_number: str
    #: Dates of birth (ISO 8601) by school, then by name, in the order of the screen.
    schools: dict[str, dict[str, str]]
    #: Number at the simulated tax office, and what FranceConnect's page says then.
    franceconnect: str = ""
    welcome: tuple[str, ...] = ()
    #: The password of the school's letter.
    provisional: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def children(self) -> dict[str, str]:
        return {name: date for each in self.schools.values() for name, date in each.items()}


CELINE = Newcomer(
    "celine.dupont114",
    "Céline",
    "DUPONT",
    "+33639980003",
    "06 39 98 00 03",
    {
        "école CHARLEMAGNE": {
            "Léa DUPONT": "2008-03-30",
            "Enzo DUPONT": "2011-11-19",
            "Maëli DUPONT": "2012-08-02",
        }
    },
    franceconnect="9900000000003",
    welcome=("Bienvenue Mme Céline DUPONT", "née le 30/11/1979."),
    provisional="BUNZ57DM",
)
PATRICK_LOYEZ = Newcomer(
    "patrick.dupont1",
    "Patrick",
    "DUPONT",
    "+33639980002",
    "06.39.98.00.02",
    {
        "Collège Victor Hugo": {"Léane DUPONT": "2006-02-17"},
        "Collège Pierre Curie": {"Jean DUPONT": "2007-12-11"},
        "Ecole élémentaire Marie Curie": {
            "Clémence DUPONT": "2009-09-28",
            "Marceau DUPONT": "2012-06-05",
        },
    },
    franceconnect="9900000000006",
    welcome=("Bienvenue M. Patrick DUPONT", "né le 08/03/1976."),
)
ANNE_LAURE = Newcomer(
    "a.huche",
    "Anne-Laure",
    "HUCHE",
    "+33639980009",
    "+33 (0)6 39 98 00 09",
    {"Ecole élémentaire Marie Curie": {"Lina HUCHE": "2018-10-27"}},
    franceconnect="9900000000014",
    welcome=("Bienvenue Mme Anne-Laure HUCHE", "née le 05/12/1987."),
)
ANGELA = Newcomer(
    "a.dubois",
    "Angela",
    "DUBOIS",
    "+33639980007",
    "0639980007",
    {
        "Ecole élémentaire Marie Curie": {
            "Inès DUBOIS": "2016-12-03",
            "Noé DUBOIS": "2019-04-16",
        }
    },
    franceconnect="9900000000008",
    welcome=("Bienvenue Mme Angela DUBOIS", "née le 24/08/1962."),
)
PIERRE = Newcomer(
    "p.dubois",
    "Pierre",
    "DUBOIS",
    "+33639980008",
    "06 39 98 00 08",
    ANGELA.schools,
    franceconnect="9900000000009",
    welcome=("Bienvenue M. Pierre DUBOIS", "né le 17/03/1969."),
)
