import Flow
import Web

/// What EduConnect is, what an account is, and what a parent does once signed in.
extension HelpPage {
    /// J-G-01, J-G-03, J-G-04.
    var desk: [String] {
        [
            "EduConnect est le guichet d'authentification unique et sécurisé des services en ligne de "
                + "l'éducation\u{A0}: une seule connexion ouvre tous ceux qui concernent vos enfants, "
                + "comme le livret scolaire.",
            "Il s'adresse d'abord aux responsables légaux des élèves du premier degré. Ceux des élèves "
                + "du second degré s'en servent de la même façon, avec le même compte pour tous leurs "
                + "enfants.",
            "Son adresse est \(address). Personne ne vous demandera votre mot de passe par mail, par "
                + "SMS ou par téléphone.",
        ]
    }

    var account: [String] {
        [
            "Votre identifiant vous a été remis par l'école\u{A0}; il est composé de l'initiale de votre "
                + "prénom (ou du prénom entier), d'un point et de votre nom, parfois suivis d'un nombre.",
            "Un seul compte suffit pour tous vos enfants et pour tous les téléservices. Chaque "
                + "responsable légal a le sien.",
            "Après plusieurs mots de passe erronés, attendez le temps indiqué avant de réessayer.",
        ]
    }

    var ownPassword: [String] {
        [
            "Choisissez un mot de passe que vous n'utilisez nulle part ailleurs\u{A0}: "
                + "\(policy.passwordRule.shortHint).",
            "Évitez ce que d'autres connaissent de vous\u{A0}: noms, prénoms, dates de naissance, "
                + "identifiant.",
            "Notez l'identifiant affiché\u{A0}: avec ce mot de passe, il vous servira à chaque connexion.",
        ]
    }

    var portal: [String] {
        [
            "Après votre connexion, «\u{A0}\(OwnPage.serviceName)\u{A0}» présente vos enfants, école par "
                + "école, et pour chacun les services en ligne qui lui sont ouverts. Choisissez un "
                + "service\u{A0}: il s'ouvre sans nouveau mot de passe.",
            "La date de votre dernière connexion est affichée en haut de la page. Si ce n'était pas vous, "
                + "changez votre mot de passe.",
        ]
    }

    /// J-G-08.
    var management: [String] {
        [
            "Choisissez «\u{A0}Gérer Mon Compte\u{A0}» en haut de «\u{A0}\(OwnPage.serviceName)\u{A0}». "
                + "L'onglet «\u{A0}Mes informations\u{A0}» montre votre identifiant et votre adresse "
                + "mail.",
            "«\u{A0}Modifier mon mot de passe\u{A0}»\u{A0}: saisissez le mot de passe actuel, puis deux "
                + "fois le nouveau. Il vous sera demandé à votre prochaine connexion. Si vous êtes passé "
                + "par FranceConnect, connectez-vous d'abord avec votre identifiant EduConnect.",
            "«\u{A0}Modifier mon adresse mail\u{A0}»\u{A0}: saisissez deux fois la nouvelle adresse, "
                + "puis suivez le lien du mail qui y est envoyé. Vous devez valider la nouvelle adresse "
                + "mail pour qu'elle soit prise en compte sinon tous les courriels seront toujours "
                + "envoyés à l'ancienne adresse.",
        ]
    }

    /// J-R-18, J-G-08.
    var missingChild: [String] {
        [
            "Vos enfants sont peut-être répartis entre deux comptes à votre nom. Vous pouvez compléter "
                + "vous-même celui que vous utilisez.",
            "Demandez au directeur de l'école de l'enfant qui manque l'identifiant et le mot de passe de "
                + "l'autre compte. Connectez-vous ensuite à votre compte habituel, choisissez «\u{A0}Gérer "
                + "Mon Compte\u{A0}», l'onglet «\u{A0}Mes enfants\u{A0}», puis «\u{A0}Ajouter des enfants "
                + "depuis un autre compte\u{A0}», et saisissez-les.",
            "Tous les enfants de l'autre compte rejoignent le vôtre, et l'autre compte n'est plus "
                + "utilisable. Si les deux comptes ne sont pas au même nom, contactez le directeur de "
                + "l'école.",
        ]
    }

    var signOut: [String] {
        let hours = policy.session.absolute.wholeSeconds / 3600
        let idle = policy.session.idle.wholeSeconds / 60
        return [
            "Choisissez «\u{A0}Se déconnecter\u{A0}» en haut de la page\u{A0}: la session prend fin pour "
                + "tous les services en ligne qu'elle avait ouverts, et pour FranceConnect si vous êtes "
                + "passé par lui. Faites-le toujours sur un ordinateur que d'autres utilisent.",
            "Sinon elle prend fin au bout de \(hours) heures, ou de \(idle) minutes sans utilisation.",
        ]
    }
}
