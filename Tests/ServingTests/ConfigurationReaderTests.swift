import Serving
import Testing
import Tokens

@Suite("A configuration")
struct ConfigurationReaderTests {
    private func reader(
        _ text: String, _ environment: [String: String] = [:]
    ) throws
        -> ConfigurationReader
    {
        ConfigurationReader(
            try JSON(parsing: Array(text.utf8)), folder: "/etc/educonnect", prefix: "EDUCONNECT",
            environment: environment)
    }

    @Test("is overridden by the environment, member by member")
    func overriding() throws {
        let reader = try reader(
            #"{"listen":{"port":1,"host":"a"},"store":{"migrateAtStart":false}}"#,
            [
                "EDUCONNECT_LISTEN__PORT": "9000", "EDUCONNECT_STORE__MIGRATE_AT_START": "true",
                "PATH": "/bin",
            ])
        #expect(reader.integer("listen.port", in: 0...65_535, default: 8080) == 9000)
        #expect(reader.string("listen.host") == "a")
        #expect(reader.bool("store.migrateAtStart", default: false))
        reader.refuseUnknownMembers()
        #expect(reader.problems.isEmpty)
    }

    @Test("takes a variable whose name can't tell the capitals of a member")
    func capitals() throws {
        let reader = try reader("{}", ["EDUCONNECT_MAIL__START_TLS": "false"])
        #expect(!reader.bool("mail.startTLS", default: true))
        reader.refuseUnknownMembers()
        #expect(reader.problems.isEmpty)
        for environment in [[:], ["EDUCONNECT_MAIL__START_TLS": "false"]] {
            let misspelt = try self.reader(#"{"mail":{"startTls":false}}"#, environment)
            _ = misspelt.bool("mail.startTLS", default: true)
            misspelt.refuseUnknownMembers()
            #expect(misspelt.problems == ["mail.startTls is not a setting"])
        }
    }

    @Test("lists every problem at once, each with its path")
    func problems() throws {
        let reader = try reader(
            #"{"port":70000,"name":1,"spelt":{"wrong":2}}"#, ["EDUCONNECT_MISSPELT": "1"])
        #expect(reader.integer("port", in: 0...65_535, default: 8080) == 8080)
        #expect(reader.string("name") == nil)
        reader.refuseUnknownMembers()
        #expect(
            reader.problems == [
                "port must be a number from 0 to 65535", "name must be a text",
                "misspelt is not a setting", "spelt.wrong is not a setting",
            ])
    }

    @Test(
        "may keep a secret in any variable, also one that is named like a setting",
        arguments: [
            (#"{"store":{"postgresqlEnv":"EDUCONNECT_DB_PASSWORD"}}"#, [:]),
            ("{}", ["EDUCONNECT_STORE__POSTGRESQL_ENV": "EDUCONNECT_DB_PASSWORD"]),
        ] as [(String, [String: String])])
    func secret(_ text: String, _ more: [String: String]) throws {
        let environment = more.merging(["EDUCONNECT_DB_PASSWORD": "s3cret"]) { own, _ in own }
        let reader = try reader(text, environment)
        #expect(reader.secret("store.postgresql") == "s3cret")
        reader.refuseUnknownMembers()
        #expect(reader.problems.isEmpty)
        let careless = try self.reader(text, more)
        #expect(careless.secret("store.postgresql") == nil)
        #expect(careless.problems.count == 1, "the variable is not set")
    }
}
