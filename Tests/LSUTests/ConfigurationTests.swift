import Federation
import Foundation
import Serving
import Testing
import Tokens

@testable import LSU

/// The repository's own files.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite("The configuration file")
struct ConfigurationTests {
    private func read(
        _ text: String, _ environment: [String: String] = [:]
    ) throws -> LSUConfiguration {
        try LSUConfiguration(
            JSON(parsing: text), folder: root.appending(path: "config/lsu").path,
            environment: environment)
    }

    private func errors(_ text: String) throws -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let errors as ConfigurationErrors {
            return errors.errors
        }
    }

    @Test("of the repository is right, and paths in it count from its folder")
    func shipped() throws {
        let configuration = try LSUConfiguration.read(
            file: root.appending(path: "config/lsu/lsu.json").path, environment: [:])
        #expect(configuration.issuer == "http://localhost:8080")
        #expect(configuration.services.map(\.kind) == [.lsu, .inscription])
        #expect(configuration.services.map(\.port) == [8081, 8084])
        guard case .privateKeyJWT(let file)? = configuration.services.first?.authentication else {
            Issue.record("LSU proves itself by a key")
            return
        }
        #expect(file.hasSuffix("config/lsu/../../var/lsu/lsu.pem"))
    }

    @Test("lists every error with its path, unknown members too")
    func strict() throws {
        let text = """
            {"issuer": "ftp://x", "surprise": 1, "trustedProxies": ["10.0.0.0/8", "nonsense"], "teleservices": [
              {"kind": "lsu", "clientID": "", "baseURL": "http://example.org", "port": 70000,
               "authentication": {"method": "client_secret_jwt", "x": 1}, "reportsFile": "missing.json", "y": 2},
              {"kind": "other", "baseURL": "https://example.org/", "authentication": 3},
              7
            ]}
            """
        let paths = try errors(text).map {
            $0.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        }
        #expect(
            Set(paths) == [
                "issuer", "surprise", "trustedProxies[1]", "teleservices[0].clientID",
                "teleservices[0].baseURL",
                "teleservices[0].port", "teleservices[0].authentication.method",
                "teleservices[0].authentication.x", "teleservices[0].reportsFile",
                "teleservices[0].y",
                "teleservices[1].kind", "teleservices[1].baseURL", "teleservices[1].clientID",
                "teleservices[1].port", "teleservices[1].authentication",
                "teleservices[1].authentication.method", "teleservices[2]",
                "teleservices[2].kind", "teleservices[2].clientID", "teleservices[2].baseURL",
                "teleservices[2].port", "teleservices[2].authentication",
            ])
    }

    @Test("takes secrets from a file or the environment, and never holds one")
    func secrets() throws {
        func text(_ member: String) -> String {
            """
            {"issuer": "https://op.example.org", "teleservices": [{"kind": "inscription", "clientID": "c",
             "baseURL": "https://rp.example.org", "port": 1,
             "authentication": {"method": "client_secret_basic", \(member)}}]}
            """
        }
        let configuration = try read(text("\"secretEnv\": \"NAME\""), ["NAME": "s3"])
        guard case .secretBasic(let secret)? = configuration.services.first?.authentication else {
            Issue.record("a secret is expected")
            return
        }
        #expect(secret.text == "s3")
        #expect(!"\(configuration)".contains("s3"))
        #expect(try !errors(text("\"secretEnv\": \"ABSENT\"")).isEmpty)
        #expect(try !errors(text("\"secret\": \"s3\"")).isEmpty)
        #expect(try !errors(text("\"secretFile\": \"/nonexistent\"")).isEmpty)
    }
}

@Suite("The demonstration data")
struct DemonstrationDataTests {
    private func json(_ path: String) throws -> JSON {
        try JSON(
            parsing: Array(Data(contentsOf: root.appending(path: path))),
            limits: JSON.Limits(byteCount: 1 << 20))
    }

    @Test("holds reports of each child, keyed by the number that the provider's data give")
    func reports() throws {
        let bytes = Array(try Data(contentsOf: root.appending(path: "config/lsu/reports.json")))
        let catalogue = try ReportCatalogue(parsing: bytes)
        let children = try #require(
            try json("Sources/IdP/Demonstration/families.json").members().array("children"))
        #expect(children.count == 18)
        for child in children {
            let ine = try child.requiredString("ine")
            #expect(ReportCatalogue.isINE(ine))
            #expect(!catalogue.reports(of: ine).isEmpty)
            #expect(Level(try child.requiredString("level")) != nil)
            #expect(CalendarDay(try child.requiredString("birthdate")) != nil)
            #expect(catalogue.schools[try child.requiredString("uai")] != nil)
        }
        let alexis = VisibleReports.of(catalogue.reports(of: "160000001DA"), level: .ce2)
        #expect(
            alexis.map(\.title) == [
                "Bilan périodique 2e période 2016/2017 (CE2) - ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO",
                "Bilan périodique 1re période 2016/2017 (CE2) - ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO",
            ])
    }

    @Test("has national school numbers with the right check letter")
    func checkLetters() throws {
        let letters = Array("ABCDEFGHJKLMNPRSTUVWXYZ")
        let schools = try #require(
            try json("Sources/IdP/Demonstration/families.json").members().array("schools"))
        for school in schools {
            let uai = try school.requiredString("uai")
            let number = try #require(Int(uai.prefix(7)))
            #expect(uai.last == letters[number % 23])
        }
    }

    @Test(
        "registers each teleservice as the program itself describes it",
        arguments: ["lsu", "inscription"])
    func registration(_ clientID: String) throws {
        let configuration = try LSUConfiguration.read(
            file: root.appending(path: "config/lsu/lsu.json").path, environment: [:])
        let service = try #require(configuration.services.first { $0.clientID == clientID })
        #expect(
            Registration(service: service).json
                == (try json("config/teleservices/\(clientID).json")))
        let key = try PrivateKey.generate(ClientKey.algorithm.keyType).publicKey
        let keys = JWKSet([try JWK(key, keyID: "lsu-1", algorithm: ClientKey.algorithm)])
        let registration = Registration(service: service, keys: keys)
        guard case .object(var members) = registration.json else { return }
        members["educonnect"] = nil
        _ = try ClientMetadata(.object(members), development: true)
    }

    @Test("refuses a catalogue with errors, each named")
    func strict() throws {
        let text = """
            {"schools": [{"uai": "1", "name": "n", "full_name": "f", "sector": "public"},
                         {"uai": "1", "name": "n", "full_name": "f", "sector": "public"}],
             "reports": [
               {"id": "a", "ine": "180000001AA", "kind": "periodic", "level": "CP", "school_year": "2017/2018",
                "uai": "1", "state": "locked", "issued_on": "2017-12-15", "period": 9},
               {"id": "A B", "ine": "x", "kind": "odd", "level": "CM3", "school_year": "2017", "uai": "2",
                "state": "open", "issued_on": "2017-02-30", "z": 1}
             ]}
            """
        do {
            _ = try ReportCatalogue(parsing: Array(text.utf8))
            Issue.record("must be refused")
        } catch {
            let paths = error.errors.map {
                $0.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
            }
            #expect(
                paths == [
                    "schools[1].uai", "reports[0].period", "reports[1].id", "reports[1].ine",
                    "reports[1].level", "reports[1].school_year", "reports[1].uai",
                    "reports[1].issued_on",
                    "reports[1].state", "reports[1].kind", "reports[1].z",
                ])
        }
    }
}
