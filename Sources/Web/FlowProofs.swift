import Flow
import Serving

/// The cookies by which a browser proves that flows are its own, one a flow.
public struct FlowProofs {
    /// Oldest first. Only names that this desk can have given: what a browser sends is not echoed.
    public let names: [String]

    /// A browser that leaves its flows unfinished keeps this many: more would in the end crowd out the
    /// cookies that its next sign-in needs (`CookieJar` reads 64).
    static let keptMax = 16

    public init(_ cookies: CookieJar, _ desk: Desk) {
        let prefix = desk.cookies.proof(of: "")
        names = cookies.names(beginning: prefix)
            .compactMap { name in
                Interaction.ID(address: name.dropFirst(prefix.count)).map { (id: $0, name: name) }
            }
            .sorted { $0.id < $1.id }.map(\.name)
    }

    /// Those beyond the newest.
    var abandoned: ArraySlice<String> { names.dropLast(Self.keptMax) }
}
