import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A parent who comes by FranceConnect for the first time")
struct EnrolmentUpstreamTests {
    @Test(
        "proves the number and the children, no director having acted, and FranceConnect alone signs in from then on (J-A-06, J-A-21 to J-A-24, J-A-27)",
        arguments: Backend.available)
    func happyPath(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            #expect(try await world.account()?.state == .notNotified)
            let browser = try await world.atChildrenByUpstream()
            #expect(browser.words.contains("<h1>Je suis bien Patrick LOYEZ</h1>"))
            try await browser.submit(world.dates)
            #expect(browser.callback?["code"] != nil)
            let account = try #require(try await world.account())
            #expect(account.state == .active)
            #expect(account.origin == .franceConnect)
            #expect(account.passwordHash == nil)
            let claims = try await world.world.idToken(browser)
            #expect(claims.member("acr")?.string == "eidas1")
            #expect(claims.member("amr") == ["fed"])
            let again = try await world.atMobileNumber()
            #expect(again.callback?["code"] != nil)
            for kind in ["linked", "activated"] {
                #expect(try await world.events(kind).map(\.account) == [account.id], "\(kind)")
            }
        }
    }

    @Test("is asked for the mobile number that the school has (J-A-06, J-A-07, J-A-08, J-A-10)")
    func words() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atMobileNumber()
            #expect(browser.step == "mobile-number")
            for words in [
                "<h1>J'active mon compte</h1>", "N° de téléphone portable<", "class=\"help-mark\"",
                "fiche de renseignement", "Recevoir mon code SMS",
                "Je ne souhaite pas utiliser de téléphone portable",
            ] { #expect(browser.words.contains(words), "\(words)") }
            try await browser.submit([("mobile-number", EnrolmentWorld.number)])
            #expect(browser.step == "sms-code")
            #expect(try await world.test.textMessages().map(\.number.text) == ["+33639980010"])
        }
    }

    @Test(
        "with a number that is not theirs is told to check it or to ask the school (J-A-07, J-A-09, SR-37)",
        arguments: ["06 39 98 00 11", "06 39 98 00 01"])
    func notRecognised(_ number: String) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atMobileNumber()
            try await browser.submit([("mobile-number", number)])
            #expect(browser.isRefused)
            #expect(
                browser.words.contains(
                    "Le numéro de téléphone saisi n'est pas reconnu. Vérifiez votre saisie ou "
                        + "contactez votre établissement scolaire afin de modifier vos informations "
                        + "personnelles."))
            #expect(browser.words.contains("value=\"\(number)\""))
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("whose number the school never noted can't go this way (J-A-01)")
    func noNumber() async throws {
        try await EnrolmentWorld.run { world in
            try await world.test.setMobile(nil, of: world.record.guardian)
            let browser = try await world.atMobileNumber()
            try await browser.submit([("mobile-number", EnrolmentWorld.number)])
            #expect(browser.step == "mobile-number")
            #expect(browser.words.contains("n'est pas reconnu"))
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("of whom FranceConnect says another name gets no code (J §8.2 no. 5)")
    func otherName() async throws {
        try await EnrolmentWorld.run { world in
            world.upstream.person = .init(
                subject: "other", familyName: "LOYEZ", givenNames: ["Jean", "Patrick"])
            let browser = try await world.atMobileNumber()
            try await browser.submit([("mobile-number", EnrolmentWorld.number)])
            #expect(browser.isRefused)
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("is led back to the number when the code is void (J-A-13)")
    func voidCode() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atMobileNumber()
            try await browser.submit([("mobile-number", EnrolmentWorld.number)])
            world.test.clock.advance(by: .seconds(1800))
            try await browser.submit([("code", try await world.test.newestCode())])
            try await browser.follow("retry")
            #expect(browser.step == "mobile-number")
            #expect(browser.words.contains("value=\"\(EnrolmentWorld.number)\""))
        }
    }

    @Test("may go over to the other journey, which leaves the identity behind")
    func otherJourney() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atMobileNumber()
            try await browser.open(browser.path.replacing("/mobile-number", with: "/identity"))
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            try await browser.submit([("code", try await world.test.newestCode())])
            try await browser.submit(world.dates)
            #expect(browser.step == "new-password")
            let id = try #require(try await world.account()).id
            #expect(try await world.test.store.read { try $0.upstreamLinks(of: id) }.isEmpty)
        }
    }

    @Test(
        "with an active account has both ways afterwards; other sessions end, the owner is told (J §8.2 no. 8)",
        arguments: Backend.available)
    func linksActive(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let session = try await world.world.signedIn()
            let parent = world.world.parent
            world.upstream.person = .init(
                subject: "valery", familyName: "DURANT", givenNames: ["Valéry"])
            let browser = try await world.atMobileNumber()
            try await browser.submit([("mobile-number", "0639980001")])
            try await browser.submit([("code", try await world.test.newestCode())])
            try await browser.submit([
                (ChildrenEntry.field(parent.child.id), parent.child.birthDate)
            ])
            #expect(browser.callback?["code"] != nil)
            let account = try #require(try await world.test.account("v.durant1"))
            #expect(account.passwordHash != nil)
            #expect(account.origin == .school)
            try await session.open(try world.world.request())
            #expect(session.callback == nil, "the other session is over")
            try await session.signIn()
            #expect(session.callback?["code"] != nil, "the password still serves")
            let mails = try await world.test.mails().filter { $0.subject.contains("identité liée") }
            #expect(mails.map(\.to.text) == ["valery.durant@example.org"])
            #expect(mails.first?.text.contains("FranceConnect") == true)
        }
    }

    @Test("absorbs nothing where one account is active already (J §8.2 no. 7)")
    func absorbsNothing() async throws {
        try await EnrolmentWorld.run { account, _ in
            account.state = .active
        } _: { world in
            let twin = try await world.test.makeRecord("p.loyez1")
            try await world.test.makePupil("Jean", born: "2014-06-07", of: [twin])
            let browser = try await world.atChildrenByUpstream()
            #expect(!browser.words.contains("Jean"))
            try await browser.submit(world.dates)
            #expect(browser.callback?["code"] != nil)
            #expect(try await world.test.account("p.loyez1")?.state == .notNotified)
        }
    }

    @Test(
        "whose identity was linked elsewhere meanwhile is refused (SR-37, J §8.2 no. 9; security history 2.26)",
        arguments: Backend.available)
    func taken(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atChildrenByUpstream()
            let link = UpstreamLink(
                issuer: StubUpstream.issuer, subject: "patrick",
                account: world.world.parent.account.id, createdAt: world.test.clock.now)
            try await world.test.store.write { try $0.link(link) }
            try await browser.submit(world.dates)
            #expect(browser.step == "password")
            #expect(browser.words.contains("déjà liée à un autre compte"))
            #expect(browser.words.contains("id=\"contact-link\""), "J-G-13")
            #expect(try await world.account()?.state == .notNotified)
        }
    }

    @Test(
        "races another identity for one account: both end linked, or one begins anew; never half (security history 2.26)",
        arguments: Backend.available)
    func race(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let first = try await world.atChildrenByUpstream()
            world.test.clock.advance(by: .seconds(61))
            world.upstream.person.subject = "patrick at another"
            let second = try await world.atChildrenByUpstream()
            let dates = world.dates
            async let one = first.submit(dates)
            async let other = second.submit(dates)
            _ = try await (one, other)
            let account = try #require(try await world.account())
            let ended = [first, second].filter { $0.callback?["code"] != nil }.count
            #expect(account.state == .active)
            let links = try await world.test.store.read { try $0.upstreamLinks(of: account.id) }
            #expect(links.count >= ended && ended >= 1)
            for browser in [first, second] where browser.step == "children" {
                try await browser.submit(world.dates)
                #expect(browser.callback?["code"] != nil)
            }
        }
    }
}
