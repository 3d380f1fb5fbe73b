"""The screens of the three journeys, in their exact words: each function passes one, from its heading to
its button."""

import re

from .parents import CHOSEN, Newcomer
from .visitor import Visitor

SIGN_IN = "J'accède aux services en ligne des établissements scolaires"
ACTIVATE = "J'active mon compte"
CREATE = "Je crée mon compte"
WAITING = "COMPTE EN ATTENTE DE VALIDATION"
CONFIRMATION = "CONFIRMATION DE VOTRE ADRESSE MAIL"
ADDRESS = "Vérification de votre adresse mail"
REPORTS = "Livret Scolaire Unique du CP à la 3ème"
FOOTER = ("EDUCONNECT", "Contacts", "Mentions légales")
#: Beside the footer, on the screens of enrolment and activation.
HELP = (*FOOTER, "Besoin d'aide ?")
WITHOUT_PHONE = "Je ne souhaite pas utiliser de téléphone portable"
SEND_CODE = "Recevoir mon code SMS"
PASSWORD_RULE = (
    'La valeur du champ "Nouveau mot de passe" doit comporter entre 8 et 14 caractères (uniquement '
    "chiffres et lettres non accentuées, minuscules ou majuscules, au moins un chiffre et une lettre)."
)
WRONG_DATE = "La date de naissance saisie est incorrecte"


def french(date: str) -> str:
    """A date as it is written in France: 2008-03-30 is « 30/03/2008 »."""
    return "/".join(reversed(date.split("-")))


def leave_for_sign_in(visitor: Visitor, lsu: str) -> None:
    """From the teleservice's own button to SIGN-1."""
    visitor.open(lsu)
    visitor.choose("Se connecter avec EduConnect")
    sign_in_page(visitor)


def sign_in_page(visitor: Visitor, *words: str) -> None:
    """SIGN-1."""
    visitor.reads(
        SIGN_IN,
        "J'accède à mes services avec FranceConnect",
        "Qu'est-ce que FranceConnect?",
        "J'utilise mes identifiants EduConnect",
        "Je n'ai pas de compte",
        "Le portail des responsables d'élèves du 1er degré",
        *FOOTER,
        *words,
        name="sign-in",
    )


def sign_in(visitor: Visitor, identifier: str, password: str) -> None:
    visitor.fill("Identifiant", identifier)
    visitor.fill("Mot de passe", password)
    visitor.choose("Se connecter")


def franceconnect(visitor: Visitor, person: Newcomer) -> None:
    """A-1 to A-3, which are FranceConnect's own."""
    visitor.reads("Choisissez un compte pour vous connecter sur EduConnect", "impots.gouv.fr")
    visitor.page.get_by_role("link", name="impots.gouv.fr").click()
    visitor.reads("J'accède avec mon mot de passe", "Numéro fiscal :", "Mot de passe :")
    visitor.fill("Numéro fiscal", person.franceconnect)
    visitor.fill("Mot de passe", "123")
    visitor.choose("Valider")
    visitor.reads(*person.welcome)
    visitor.choose("Continuer sur EduConnect")


def mobile_number(visitor: Visitor, number: str) -> None:
    """A-4."""
    visitor.reads(ACTIVATE, "N° de téléphone portable", WITHOUT_PHONE, *HELP, name="mobile-number")
    visitor.fill("N° de téléphone portable", number)
    visitor.choose(SEND_CODE)


def identity(visitor: Visitor, person: Newcomer, number: str | None = None) -> None:
    """B-1. `number` is typed instead of the right one."""
    words = ("Nom", "Prénom", "N° de téléphone portable", WITHOUT_PHONE)
    visitor.reads(CREATE, *words, *HELP, name="identity")
    visitor.fill("Nom", person.family_name)
    visitor.fill("Prénom", person.given_name)
    visitor.fill("N° de téléphone portable", number or person.typed_number)
    visitor.choose(SEND_CODE)


def code_page(visitor: Visitor) -> None:
    """A-5 and B-2."""
    visitor.reads(
        ACTIVATE,
        "J'indique le code d'activation reçu par SMS (code valable 30min)",
        "Un code vient d'être envoyé par SMS au 0",
        "Je n'ai pas reçu de code d'activation par SMS",
        "Que faire si le code n'arrive pas ?",
        *HELP,
        name="code",
    )


def enter_code(visitor: Visitor, code: str) -> None:
    visitor.fill("J'indique le code", code)
    visitor.choose("Continuer")


def children_page(visitor: Visitor, person: Newcomer, *words: str) -> None:
    """A-6 and B-3: the children under their schools."""
    visitor.reads(
        f"Je suis bien {person.name}",
        "Je confirme le rattachement à mon compte des enfants suivants :",
        *words,
        *HELP,
        name="-".join(["children", *words]).replace(" ", "-").lower(),
    )
    groups = visitor.page.get_by_role("group").all()
    found = {
        group.locator("legend").inner_text().strip(): [
            label.inner_text().split(" né(e) le")[0] for label in group.locator("label").all()
        ]
        for group in groups
    }
    assert found == {school: list(names) for school, names in person.schools.items()}


def enter_children(visitor: Visitor, person: Newcomer, **other: str) -> None:
    """Types the birth dates; `other` are dates by the first name of a child."""
    for name, date in person.children.items():
        visitor.fill(f"{name} né(e) le", other.get(name.split()[0], date))
    visitor.choose("Continuer")


def new_password(visitor: Visitor, person: Newcomer, password: str = CHOSEN) -> None:
    """B-4."""
    visitor.reads(
        ACTIVATE,
        f"Je prends note de mon identifiant : {person.identifier}",
        "Je crée mon mot de passe",
        "...et je le confirme en le saisissant à nouveau",
        *HELP,
        name="new-password",
    )
    visitor.fill("Je crée mon mot de passe", password)
    visitor.fill("...et je le confirme", password)
    visitor.choose("Terminer")


def password_not_changed(visitor: Visitor) -> None:
    """C-1."""
    visitor.reads(
        "MOT DE PASSE NON CHANGÉ",
        "Vous ne pouvez pas accéder à cette ressource avant d'avoir changé votre mot de passe.",
        *HELP,
        name="password-not-changed",
    )
    visitor.choose("Gérer mon compte")


def activation(
    visitor: Visitor,
    person: Newcomer,
    address: str,
    password: str = CHOSEN,
    confirmation: str | None = None,
    date: str | None = None,
) -> None:
    """C-2. `date` and `confirmation` are right by default."""
    eldest = min(person.children, key=person.children.get)
    first_name = eldest.split()[0]
    visitor.reads(
        "Activation du compte",
        f"Bonjour {person.name}, vous devez fournir une adresse email valide, modifier votre mot de "
        "passe provisoire et, pour vérification complémentaire, saisir la date de naissance de votre "
        "enfant affiché.",
        "Cette adresse de messagerie est indispensable",
        "retrouver en cas d'oubli, votre identifiant ou votre mot de passe",
        PASSWORD_RULE,
        f"Date de naissance de votre enfant {first_name}",
        *HELP,
        name="activation",
    )
    visitor.fill("Email", address)
    visitor.fill("Confirmez votre email", address)
    visitor.fill("Nouveau mot de passe", password)
    visitor.fill("Confirmez votre mot de passe", confirmation or password)
    born = french(date or person.children[eldest])
    visitor.fill(f"Date de naissance de votre enfant {first_name}", born)
    visitor.choose("Activer votre compte")


def waiting(visitor: Visitor) -> None:
    """C-4."""
    visitor.reads(
        WAITING,
        "Pour utiliser votre compte, ouvrez maintenant le mail que vous venez de recevoir et suivez "
        "les instructions.",
        "Le mail a été envoyé à l'adresse",
        'Si vous n\'avez rien reçu, pensez à regarder dans vos courriers indésirables ou "spams".',
        *HELP,
        name="waiting",
    )


def confirm(visitor: Visitor) -> None:
    """C-5a where it does not post itself."""
    visitor.reads(CONFIRMATION, "Validez pour activer votre compte.", name="confirmation")
    visitor.choose("VALIDER")


def activated(visitor: Visitor) -> None:
    """C-5."""
    visitor.reads(
        "Compte activé !",
        "Votre compte a bien été activé. Vous pouvez maintenant accéder à vos services en ligne.",
        name="activated",
    )
    visitor.choose("Se connecter")


def report(visitor: Visitor, person: Newcomer) -> None:
    """The teleservice with its list, and a report that opens."""
    visitor.reads(REPORTS, "Bilans pour", person.family_name)
    entry = visitor.page.get_by_role("link", name=re.compile("^Bilan périodique")).first
    with visitor.page.expect_response(lambda answer: "/documents/" in answer.url) as opened:
        entry.click()
    assert opened.value.header_value("content-type") == "application/pdf"
