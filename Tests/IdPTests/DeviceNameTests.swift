import Testing

@testable import Web

@Suite("The name of a device")
struct DeviceNameTests {
    @Test(
        "names a device by a closed list, never in its own words",
        arguments: [
            (SecurityPageTests.firefox, "Firefox sur Windows"),
            (SecurityPageTests.telephone, "Safari sur iPhone"),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                "Samsung Internet sur Android"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
                    + "Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge sur Mac"
            ),
            ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/130.0 Safari/537.36", "Chrome sur ChromeOS"),
            ("curl/8.5 (Linux)", "Navigateur sur Linux"), ("Firefox/1", "Firefox"),
            ("<script>alert(1)</script>", nil), ("", nil), (nil, nil),
            (String(repeating: "x", count: 512) + " Firefox/1", nil),
        ] as [(String?, String?)])
    func devices(_ agent: String?, _ name: String?) {
        #expect(DeviceName.of(userAgent: agent) == name)
    }
}
