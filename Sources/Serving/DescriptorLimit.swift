import Glibc
import Logging

/// How many sockets and files the process may hold open.
enum DescriptorLimit {
    /// Files, the store and outgoing calls need some too.
    private static let besides = 256

    /// Raises the soft limit so that `connections` fit, as far as the hard limit allows; says so in the
    /// log where it does not. Without this, one address with 1,000 idle sockets would lock out all others.
    static func raise(for connections: Int, log: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let needed = rlim_t(connections + besides)
        guard limit.rlim_cur < needed else { return }
        limit.rlim_cur = min(needed, limit.rlim_max)
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        if !isRaised || limit.rlim_cur < needed {
            log.warning(
                "fewer file descriptors than connections allowed",
                metadata: ["needed": "\(needed)", "available": "\(limit.rlim_cur)"])
        }
    }
}
