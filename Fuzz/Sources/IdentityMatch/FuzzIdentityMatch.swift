import Flow
import FoundationEssentials
import Store

private let now = Date(timeIntervalSince1970: 1_795_255_200)

/// Four names, a line each: a last and a first name as given, and as the directory has them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    var names = text.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
        .map(String.init)
    while names.count < 4 { names.append("") }
    let keys = names.map(PersonName.init)
    for (name, key) in zip(names, keys) {
        let letters = PersonName.identifierLetters(name)
        precondition(
            letters.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        guard let key else { continue }
        guard let again = PersonName(key.spaced) else { fatalError("a folded name is no name") }
        precondition(again.spaced == key.spaced, "folded twice, it differs")
        precondition(key.squeezed == key.words.joined())
    }
    let guardian = guardian(last: names[2], first: names[3])
    let typed = IdentityMatch.ofTyped(lastName: names[0], firstName: names[1], with: guardian)
    let agrees = keys[0] != nil && keys[1] != nil && keys[0] == keys[2] && keys[1] == keys[3]
    precondition((typed == .strong) == agrees, "strong without agreement, or agreement without it")
    let pivot = PivotNames(familyName: names[0], givenNames: [names[1]], givenName: names[1])
    precondition((IdentityMatch.ofPivot(pivot, with: guardian) == .strong) == agrees)
    let isOne = IdentityMatch.isOnePerson(guardian, guardian)
    precondition(isOne == (keys[2] != nil && keys[3] != nil))
    return 0
}

private func guardian(last: String, first: String) -> Guardian {
    Guardian(
        id: Guardian.ID(at: now, random: []), sourceKey: "1",
        account: Account.ID(at: now, random: []),
        civility: "MME", lastName: last, firstName: first, updatedAt: now)
}
