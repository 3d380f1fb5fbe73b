import ServiceLifecycle

/// Does something again and again until the program stops, the first time after one interval.
public struct Repeated: Service {
    let interval: Duration
    let action: @Sendable () -> Void

    public init(every interval: Duration, _ action: @escaping @Sendable () -> Void) {
        self.interval = interval
        self.action = action
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: interval)) != nil else { return }
                action()
            }
        }
    }
}
