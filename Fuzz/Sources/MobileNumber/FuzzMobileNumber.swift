import Flow

/// Whatever is typed: what is read is a French mobile number in E.164, and reads as itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let typed = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let numbers = try? MobileNumber.candidates(for: typed) else { return 0 }
    precondition((1...2).contains(numbers.count) && Set(numbers).count == numbers.count)
    for number in numbers {
        let digits = number.e164.utf8.dropFirst()
        precondition(number.e164.utf8.first == UInt8(ascii: "+"))
        precondition((11...12).contains(digits.count), "too short or too long")
        precondition(digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        precondition(
            ["33", "262", "590", "594", "596"].contains(String(number.e164.dropFirst().dropLast(9)))
        )
        precondition(MobileNumber(e164: number.e164) == number, "written and read, it differs")
        precondition(number.masked.utf8.count == 14)
    }
    return 0
}
