import Flow
import HTML
import Serving
import Store
import Tokens

/// Which services are open to which child of a family, school by school (J-P-06, J-P-09, J-P-12).
struct Portal {
    struct ASchool {
        /// Nil for children whose school the directory doesn't say.
        let name: String?
        var children: [Pupil]
    }

    struct Pupil {
        /// « DURAND Alexis »
        let name: String
        let id: String
        let services: [Service]
    }

    struct Service {
        let id: String
        let label: String
        let icon: PortalTile.Icon
        let href: String
    }

    private(set) var schools: [ASchool] = []

    init(family: Family, teleservices: [RegisteredClient], issuer: String) {
        var last: String?
        for child in family.children {
            let school = child.view.school
            let pupil = Pupil(
                name: "\(child.view.child.lastName.uppercased()) \(child.view.child.firstName)",
                id: Base64URL.encode(child.view.child.id.bytes),
                services: teleservices.compactMap { Service($0, for: child, issuer: issuer) })
            if schools.isEmpty || last != school?.uai {
                schools.append(ASchool(name: school?.name, children: []))
            }
            last = school?.uai
            schools[schools.count - 1].children.append(pupil)
        }
    }
}

extension Portal.Service {
    /// Nil where the service is not open to this child, or says nowhere how it is opened.
    init?(_ client: RegisteredClient, for child: FamilyChild, issuer: String) {
        guard let tile = client.policy.tile, tile.isOpen(to: child.view),
            let entry = client.signInEntry(
                issuer: issuer, target: child.subjects[client.sector].flatMap(tile.target(for:)))
        else { return nil }
        id = client.id
        label = client.displayName
        icon = tile.icon
        href = entry
    }
}

extension RegisteredClient {
    /// Where a new sign-in begins: at the address that the teleservice registered for that, else at its
    /// first page. Source: OpenID Connect Core §4.
    ///
    /// - Parameter target: what to open then (`target_link_uri`).
    func signInEntry(issuer: String, target: String? = nil) -> String? {
        guard let address = metadata.initiateLoginURI else { return metadata.clientURI }
        let parameters = [("iss", issuer)] + (target.map { [("target_link_uri", $0)] } ?? [])
        return address + (address.contains("?") ? "&" : "?") + Form.encode(parameters)
    }
}

extension Guardian {
    /// « Mme DURANT Valéry », as the portal has it.
    var nameAsListed: String {
        [civility, lastName.uppercased(), firstName].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// « Mme Valéry DURANT », as the account pages have it (J §6 no. 31).
    var nameAsSpoken: String {
        [civility, firstName, lastName.uppercased()].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
