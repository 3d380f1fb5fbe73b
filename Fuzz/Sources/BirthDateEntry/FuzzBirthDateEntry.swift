import Flow

/// Before the first NUL what is typed, behind it what the directory has.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let halves = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let typed = String(decoding: halves[0], as: UTF8.self)
    guard let entry = try? BirthDateEntry(typed) else { return 0 }
    let (year, month, day) = (entry.year, entry.month, entry.day)
    precondition((1900...2099).contains(year) && (0...12).contains(month) && (0...31).contains(day))
    let stored = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    precondition(entry.matches(stored), "a date is not itself")
    precondition((try? BirthDateEntry(stored)) == entry, "written and read, it differs")
    // Another year is never the same date, whatever is unknown.
    precondition(!entry.matches("\(year + 1)-00-00"))
    if halves.count == 2 {
        let other = String(decoding: halves[1], as: UTF8.self)
        precondition(!entry.matches(other) || other.hasPrefix("\(year)-"))
    }
    return 0
}
