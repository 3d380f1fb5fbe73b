"""The demonstration parents that the tests sign in as."""

from dataclasses import dataclass

PASSWORD = "Parent2026"


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
