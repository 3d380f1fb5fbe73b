import Flow
import HTML
import Markdown
import Messages
import Serving
import Web

/// A part of the help, that screens and mails can point to.
public enum HelpTopic: String, CaseIterable, Sendable {
    case desk = "educonnect"
    case account = "compte"
    case journeys = "parcours"
    case firstSignIn = "premiere-connexion"
    case mailNotFound = "mail-introuvable"
    case wrongMobileNumber = "numero-de-portable"
    case codeNotReceived = "code-non-recu"
    /// Of the letter's screens.
    case wrongBirthDate = "date-de-naissance"
    /// Of all the children, without a letter.
    case wrongBirthDates = "dates-de-naissance"
    case ownPassword = "mot-de-passe"
    case letter = "courrier"
    case lost = "perdu"
    case portal = "portail"
    case management = "gerer-mon-compte"
    case missingChild = "enfants"
    case signOut = "deconnexion"

    var path: String { PublicPage.help + "#" + rawValue }
}

/// « Aide », « Besoin d'aide ? » (J-G-15; journeys.md §3.10). A screen may lead to any topic, so the
/// operator can write each anew but take none away.
struct HelpPage: Page {
    let policy: Policy
    /// What parents type to come here (J-G-10).
    let address: String
    let texts: OperatorTexts

    var title: String { "Aide" }
    var width: Layout.Width { .normal }

    private struct Part {
        let id: String
        let heading: String
        let content: Markup
    }

    var content: Markup {
        h1(text: title)
        nav(.ariaLabel("Sommaire")) {
            ul { for part in parts { li { a(.href("#" + part.id), text: part.heading) } } }
        }
        for part in parts { section(.id(part.id)) { part.content } }
        BesideSignIn()
        WayOn(to: nil)
    }

    private var parts: [Part] {
        HelpTopic.allCases.map(part)
            + texts.furtherSections.map { name, text in
                // Apart from the topics and from what else has an id on a page.
                Part(id: "aide-" + name, heading: text.heading ?? name, content: text.content)
            }
    }

    private func part(_ topic: HelpTopic) -> Part {
        if let text = texts.section(topic) {
            return Part(
                id: topic.rawValue, heading: text.heading ?? heading(topic), content: text.content)
        }
        return Part(id: topic.rawValue, heading: heading(topic), content: words(topic))
    }

    @MarkupBuilder private func words(_ topic: HelpTopic) -> Markup {
        h2(text: heading(topic))
        for paragraph in paragraphs(topic) { p(text: paragraph) }
        if let difficulty = difficulty(topic) {
            p {
                difficulty
                a(.href(PublicPage.contact), text: "contactez l'assistance")
                "."
            }
        }
    }

    /// Where the support team is named as the last way (J-O-10, J-I-11, J-X-18).
    private func difficulty(_ topic: HelpTopic) -> String? {
        switch topic {
        case .mailNotFound: "S'il n'arrive toujours pas, "
        case .lost: "Si rien de cela n'est possible, "
        default: nil
        }
    }

    private func heading(_ topic: HelpTopic) -> String {
        switch topic {
        case .desk: "Qu'est-ce qu'EduConnect\u{A0}?"
        case .account: "Votre compte"
        case .journeys: "Trois façons d'obtenir un compte"
        case .firstSignIn: "Première connexion avec le courrier de l'école"
        case .mailNotFound: "Vous ne trouvez pas le mail d'activation"
        case .wrongMobileNumber: "Votre numéro de portable n'est pas reconnu"
        case .codeNotReceived: "Je n'ai pas reçu de code"
        case .wrongBirthDate: "La date de naissance saisie est refusée"
        case .wrongBirthDates: "Les dates de naissance de vos enfants sont refusées"
        case .ownPassword: "Votre mot de passe"
        case .letter: "Vous n'avez pas reçu le courrier"
        case .lost: "Identifiant ou mot de passe perdu"
        case .portal: "Vos enfants et leurs services en ligne"
        case .management: "Changer de mot de passe ou d'adresse mail"
        case .missingChild: "Un seul de vos enfants est affiché"
        case .signOut: "Se déconnecter"
        }
    }

    private func paragraphs(_ topic: HelpTopic) -> [String] {
        switch topic {
        case .desk: desk
        case .account: account
        case .journeys: journeys
        case .firstSignIn: firstSignIn
        case .mailNotFound: mailNotFound
        case .wrongMobileNumber: wrongMobileNumber
        case .codeNotReceived: codeNotReceived
        case .wrongBirthDate: wrongBirthDate
        case .wrongBirthDates: wrongBirthDates
        case .ownPassword: ownPassword
        case .letter: letter
        case .lost: lost
        case .portal: portal
        case .management: management
        case .missingChild: missingChild
        case .signOut: signOut
        }
    }

    private var journeys: [String] {
        [
            "Avec FranceConnect\u{A0}: choisissez «\u{A0}S'identifier avec FranceConnect\u{A0}», puis "
                + "indiquez le numéro de portable que vous avez donné à l'école et les dates de "
                + "naissance de vos enfants.",
            "Avec votre numéro de portable\u{A0}: choisissez «\u{A0}Je n'ai pas de compte\u{A0}», "
                + "indiquez votre nom, votre prénom et le numéro que vous avez donné à l'école, puis "
                + "le code reçu par SMS et les dates de naissance de vos enfants.",
            "Avec le courrier de l'école\u{A0}: connectez-vous avec l'identifiant et le mot de passe "
                + "provisoire qu'il contient, puis activez votre compte.",
        ]
    }

    private var firstSignIn: [String] {
        [
            "Saisissez l'identifiant et le mot de passe provisoire du courrier, puis choisissez "
                + "«\u{A0}Gérer mon compte\u{A0}».",
            "Indiquez une adresse mail que vous consultez régulièrement, choisissez un nouveau mot de "
                + "passe, différent du mot de passe provisoire, et saisissez la date de naissance de "
                + "l'enfant affiché.",
            "Ouvrez ensuite le mail que vous recevez et suivez son lien\u{A0}: vous pouvez aussi le "
                + "recopier dans votre barre de navigation. Cette opération n'est à faire qu'une seule "
                + "fois. Connectez-vous ensuite avec le mot de passe que vous avez choisi.",
            "Le courrier est valable \(letterLife) à partir de sa création, tant que le compte n'est pas "
                + "activé.",
        ]
    }

    private var letterLife: String {
        switch policy.provisionalPassword.validity {
        case .months(let count): "\(count) mois"
        case .days(let count): "\(count) jours"
        }
    }

    private var mailNotFound: [String] {
        [
            "Cherchez un mail de l'expéditeur «\u{A0}\(MailSender.defaultName)\u{A0}» dont l'objet est "
                + "«\u{A0}\(AccountMails.activationSubject)\u{A0}». Regardez aussi dans vos courriers "
                + "indésirables ou «\u{A0}spams\u{A0}» et dans la corbeille.",
            "Si vous ne le trouvez pas, connectez-vous à nouveau avec votre identifiant et le mot de "
                + "passe que vous avez choisi\u{A0}: vous pourrez vérifier et corriger votre adresse "
                + "mail, et recevoir un nouveau mail.",
            "Le mail que vous avez demandé par «\u{A0}Identifiant perdu\u{A0}» a pour objet "
                + "«\u{A0}\(AccountMails.reminderSubject)\u{A0}», celui de «\u{A0}Mot de passe "
                + "perdu\u{A0}» «\u{A0}\(AccountMails.resetSubject)\u{A0}». Ils arrivent à l'adresse que "
                + "vous avez confirmée, et à aucune autre.",
        ]
    }

    private var wrongBirthDate: [String] {
        [
            "Vérifiez la date et sa forme\u{A0}: jour, mois, année (jj/mm/aaaa).",
            "Si elle est juste, l'école a peut-être enregistré une autre date. Contactez le directeur "
                + "de l'école pour qu'il la corrige. La correction est prise en compte au plus tôt le "
                + "lendemain\u{A0}: reprenez alors l'activation avec le même identifiant et le même mot "
                + "de passe provisoire.",
            Self.tooManyDates,
        ]
    }

    private var wrongBirthDates: [String] {
        [
            "Vérifiez toutes les dates et leur forme\u{A0}: jour, mois, année (jj/mm/aaaa). La page ne "
                + "dit pas laquelle est refusée.",
            "Si elles sont justes, l'école a peut-être enregistré une autre date. Contactez le directeur "
                + "de l'école pour qu'il la corrige. La correction est prise en compte au plus tôt le "
                + "lendemain\u{A0}: recommencez alors avec FranceConnect ou avec votre numéro de "
                + "portable.",
            Self.tooManyDates,
        ]
    }

    private static let tooManyDates =
        "Après plusieurs dates erronées, attendez le temps indiqué avant de réessayer."

    private var codeNotReceived: [String] {
        let wait = max(1, (policy.sends.interval.wholeSeconds + 59) / 60)
        return [
            "Un SMS arrive d'ordinaire en moins d'une minute, parfois en quelques minutes. Vérifiez que "
                + "votre téléphone capte le réseau mobile, et regardez aussi parmi les messages "
                + "indésirables.",
            "Un code n'est envoyé qu'au numéro que connaît l'école\u{A0}: vérifiez les informations que "
                + "vous avez saisies. Si votre numéro a changé, contactez le directeur de l'école.",
            "Pour recevoir un nouveau code, choisissez «\u{A0}Je n'ai pas reçu de code…\u{A0}» sous le "
                + "champ du code, puis demandez-le à nouveau. Attendez \(wait) "
                + "minute\(wait > 1 ? "s" : "") entre deux demandes, et n'en faites pas plus de "
                + "\(policy.sends.perNumberAndNetworkADay) par jour. Seul le dernier code envoyé est valable, "
                + "pendant \(policy.smsCode.lifetime.wholeSeconds / 60) minutes.",
        ]
    }

    private var wrongMobileNumber: [String] {
        [
            "Le numéro doit être celui que vous avez donné à l'école. S'il a changé, contactez le "
                + "directeur de l'école pour qu'il le corrige. La correction est prise en compte au "
                + "plus tôt le lendemain."
        ]
    }

    private var letter: [String] {
        [
            "Les courriers sont remis par l'école, dans le cahier de liaison de l'enfant ou par mail.",
            "Si vous n'avez rien reçu, demandez au directeur de l'école de vous remettre le courrier à "
                + "nouveau, et vérifiez qu'il a votre bonne adresse mail. Si vos enfants sont dans "
                + "plusieurs écoles, adressez-vous à chaque directeur. Vous pouvez aussi utiliser "
                + "FranceConnect ou votre numéro de portable.",
        ]
    }

    private var lost: [String] {
        [
            "Sur la page de connexion, choisissez «\u{A0}Identifiant perdu\u{A0}»\u{A0}: votre identifiant "
                + "vous est rappelé par mail, à l'adresse que vous avez confirmée, ou par SMS, au numéro "
                + "de portable que connaît l'école.",
            "Choisissez «\u{A0}Mot de passe perdu\u{A0}» et saisissez votre identifiant\u{A0}: vous recevez "
                + "par mail un lien, ou par SMS un code, qui permet de choisir un nouveau mot de passe. "
                + "Le SMS n'est possible que si le numéro de portable n'est connu de l'école que pour "
                + "vous. Vous pouvez aussi vous connecter avec FranceConnect.",
            "Votre compte doit être activé. S'il ne l'est pas, retrouvez d'abord le mail d'activation et "
                + "suivez son lien\u{A0}; sans courrier de l'école ni adresse confirmée, adressez-vous au "
                + "directeur de l'école ou au chef d'établissement de votre enfant, qui peut vous "
                + "remettre un nouveau courrier de notification.",
        ]
    }
}

/// Information opens beside a form (`keepsForm`): how to go back to it.
struct BesideSignIn: Component {
    var markup: Markup {
        p(
            .class("hint"),
            text: "Si cette page s'est ouverte pendant votre connexion, fermez sa fenêtre pour y "
                + "revenir.")
    }
}
