import Store

extension Guardian {
    /// The directory's number; nil where it has none, or none that a code may be sent to.
    public var mobileNumber: MobileNumber? { mobilePhone.flatMap(MobileNumber.init(e164:)) }
}
