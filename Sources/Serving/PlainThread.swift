import Glibc

/// A detached thread of the C library that runs one closure to its end.
public enum PlainThread {
    /// The system gives the process no further thread.
    public struct NotStarted: Error, CustomStringConvertible {
        public init() {}
        public var description: String {
            "no thread can be started: too many run already, or memory is short"
        }
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    public static func start(_ run: @escaping @Sendable () -> Void) throws(NotStarted) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run))
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            throw NotStarted()
        }
        pthread_detach(thread)
    }
}
