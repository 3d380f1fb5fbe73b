import Hummingbird

extension CookieJar {
    public init(_ request: Request) { self.init(request.headers) }
}
