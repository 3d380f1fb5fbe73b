import Foundation
import HTTPTypes
import Print
import Serving
import Synchronization
import Testing
import Tokens

@testable import LSU

@Suite("A signed-in parent")
struct SignedInParentTests {
    @Test("sees one child at a time, and only their own (J-L-16)")
    func children() async throws {
        let browser = try TeleserviceBrowser(portalURL: "http://localhost:8080/portail")
        _ = try await browser.signIn()
        let page = try await browser.get("/livrets?enfant=c-2")
        #expect(page.text.contains("Bilans pour DUPONT Clémence"))
        #expect(page.text.contains("DUPONT Léane"))
        #expect(page.text.contains("Retour au portail"))
        #expect(!page.text.contains("(5e)"))
        #expect(page.text.contains("Bilan de fin de cycle 2 2016/2017 (CE2)"))
        #expect(page.text.contains("Bilan périodique 3e période 2016/2017 (CE2)"))
        let stranger = try await browser.get("/livrets?enfant=c-9")
        #expect(stranger.status == 404)
        #expect(stranger.text.contains("Cette page n'existe pas"))
    }

    @Test("opens and saves a document of a child (J-L-12)")
    func document() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let opened = try await browser.get("/documents/lsu-0010")
        #expect(opened.status == 200)
        #expect(opened.headers[.contentType] == "application/pdf")
        #expect(
            opened.headers[.contentDisposition]
                == "inline; filename=\"leane-bilan-periodique-1-2015-2016-cm1.pdf\"")
        #expect(opened.body.starts(with: Array("%PDF".utf8)))
        let saved = try await browser.get("/documents/lsu-0010?enregistrer=1")
        #expect(saved.headers[.contentDisposition]?.hasPrefix("attachment;") == true)
        #expect(saved.body == opened.body)
    }

    @Test(
        "gets no document of another's child, not visible, or not there: the same page for all",
        arguments: ["lsu-0001", "lsu-0023", "lsu-0006", "lsu-9999", "..%2Flsu", "%00"])
    func foreignDocument(_ id: String) async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let answer = try await browser.get("/documents/\(id)")
        #expect(answer.status == 404)
        #expect(answer.text.contains("Cette page n'existe pas"))
        #expect(!answer.text.contains("DURAND"))
    }

    @Test("is asked to come back when too many documents are being printed (SR-66)")
    func busyPrinters() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        do {
            var taken: [WorkerPool.Place] = []
            while let place = try? browser.teleservice.printers.place() { taken.append(place) }
            let answer = try await browser.get("/documents/lsu-0010")
            #expect(answer.status == 503)
            #expect(answer.headers[.retryAfter] == "5")
            #expect(answer.text.contains("Réessayez dans quelques minutes"))
            #expect(try await browser.get("/livrets").status == 200)
        }
        #expect(try await browser.get("/documents/lsu-0010").status == 200)
    }

    @Test("must sign in for a document")
    func anonymousDocument() async throws {
        let browser = try TeleserviceBrowser()
        #expect(try await browser.get("/documents/lsu-0010").location == "/connexion")
    }

    @Test("without children, or with a claim out of shape, is told so")
    func oddClaims() async throws {
        let browser = try TeleserviceBrowser()
        browser.provider.state.withLock { $0.userInfo["children"] = nil }
        _ = try await browser.signIn()
        #expect(
            try await browser.get("/livrets").text.contains(
                "Aucun enfant n'est rattaché à votre compte"))
        for claim: JSON in ["x", [1], [["id": "a"]], .array(Array(repeating: [:], count: 65))] {
            browser.provider.state.withLock { $0.userInfo["children"] = claim }
            let path = try browser.consent(to: try await browser.get("/connexion").location)
            #expect(try await browser.get(path).status == 503)
        }
    }

    @Test("reads the terms, signed in or not (J-L-13)")
    func terms() async throws {
        let browser = try TeleserviceBrowser()
        #expect(try await browser.get("/cgu").text.contains("Conditions générales d'utilisation"))
        _ = try await browser.signIn()
        #expect(try await browser.get("/cgu").text.contains("Patrick DUPONT"))
    }

    @Test("is greeted with the civility that the provider tells")
    func civility() async throws {
        let browser = try TeleserviceBrowser(.inscription)
        browser.provider.state.withLock { $0.userInfo["civility"] = "M." }
        _ = try await browser.signIn()
        #expect(try await browser.get("/inscription").text.contains("Bonjour M. Patrick DUPONT"))
    }

    @Test("sees at the second teleservice who is signed in, and no national number")
    func enrolment() async throws {
        let browser = try TeleserviceBrowser(.inscription)
        #expect(try await browser.get("/inscription").location == "/connexion")
        #expect(try await browser.signIn() == "/inscription")
        let page = try await browser.get("/inscription")
        #expect(page.text.contains("Bonjour Patrick DUPONT"))
        #expect(page.text.contains("DUPONT Clémence CM1 Ecole élémentaire Marie Curie"))
        #expect(!page.html.contains("180000004LC"))
        #expect(browser.cookies.keys.sorted() == ["inscription-dev-session"])
        #expect(try await browser.get("/livrets").status == 404)
    }
}
