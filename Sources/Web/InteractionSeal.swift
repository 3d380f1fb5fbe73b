import FoundationEssentials
import Flow
import Serving
import Store
import Tokens

/// Turns an interaction into sealed bytes and back: for the browser that carries it until the first
/// form is posted, and for its row afterwards. Only what this desk sealed is ever read.
public struct InteractionSeal: Sendable {
    private let seal: PurposeSeal

    /// What may travel in an address: longer requests are refused as `invalid_request`.
    public static let travellingByteCountMax = 6 * 1024

    public init(keys: LiveKeys) {
        seal = PurposeSeal("interaction", keys: keys)
    }

    /// The form in which an unsaved interaction travels; nil when it is too long to.
    public func travelling(_ interaction: Interaction, _ environment: ServerEnvironment) -> String?
    {
        guard let sealed = sealed(interaction, environment) else { return nil }
        let text = Base64URL.encode(sealed)
        return text.utf8.count <= Self.travellingByteCountMax ? text : nil
    }

    /// Names the request of a stored interaction, and its teleservice, once the row is empty. It is of
    /// nobody and has expired, so it begins nothing again; nil when it is too long to travel.
    public func nameplate(of interaction: Interaction, _ environment: ServerEnvironment) -> String?
    {
        var past = interaction
        past.forgetPerson()
        past.notice = nil
        past.expiresAt = .distantPast
        return travelling(past, environment)
    }

    /// Nil for anything that was not sealed here for this very interaction.
    public func interaction(travelling text: String, id: Interaction.ID) -> Interaction? {
        guard text.utf8.count <= Self.travellingByteCountMax, let sealed = Base64URL.decode(text)
        else { return nil }
        return open(sealed, id: id, revision: 1)
    }

    /// The row of an interaction; nil without a store key.
    public func record(
        of interaction: Interaction, _ environment: ServerEnvironment
    ) -> InteractionRecord? {
        guard let sealed = sealed(interaction, environment) else { return nil }
        return InteractionRecord(
            id: interaction.id, revision: interaction.revision,
            browserHash: interaction.browser.bytes, state: sealed, createdAt: environment.now(),
            expiresAt: interaction.expiresAt)
    }

    public func interaction(of record: InteractionRecord) -> Interaction? {
        open(record.state, id: record.id, revision: record.revision)
    }

    private func sealed(_ interaction: Interaction, _ environment: ServerEnvironment) -> [UInt8]? {
        seal.seal(
            interaction.encoded(), context: Self.context(interaction.id),
            random: environment.random, at: environment.now())
    }

    private func open(_ sealed: [UInt8], id: Interaction.ID, revision: Int64) -> Interaction? {
        guard let opened = try? seal.open(sealed, context: Self.context(id)),
            let interaction = Interaction(encoded: opened, revision: revision), interaction.id == id
        else { return nil }
        return interaction
    }

    private static func context(_ id: Interaction.ID) -> String { "interaction " + id.address }
}
