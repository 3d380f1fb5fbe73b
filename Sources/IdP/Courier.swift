import Flow
import FoundationEssentials
import Logging
import Messages
import Serving
import ServiceLifecycle
import Store
import Tokens
import Web

/// Carries mails, SMS and logouts from the outbox to where they go (D12, security.md 5.16).
///
/// A message is leased, opened, handed over, and only then marked as delivered: a crash in between
/// sends it once more, under the same name. Several couriers share a store. Nothing of a message is
/// logged or audited.
struct Courier: Service {
    /// Where messages go; those of a kind without a transport wait.
    struct Transports: Sendable {
        var mail: (any MailTransport)?
        var sms: (any SMSGateway)?
        var logout: BackChannelLogout?

        var kinds: [OutboxKind] {
            (mail == nil ? [] : [.mail]) + (sms == nil ? [] : [.sms])
                + (logout == nil ? [] : [.logout])
        }
    }

    let desk: Desk
    let transports: Transports

    /// Of each kind, so that a mail server which hangs holds up no code. How teleservices share it:
    /// `Lanes`.
    static let concurrentMax = 16
    /// Half of the second in which a code has to leave; the store is asked, since another node may
    /// have written it.
    private static let pause = Duration.milliseconds(500)
    /// Longer than any transport takes (30 s) and the writes around it.
    static let leaseTime: TimeInterval = 120
    /// What is under way at a stop may end; the rest is given back.
    private static let drainTime = Duration.seconds(8)

    func run() async throws {
        let kinds = transports.kinds
        await withTaskGroup(of: OutboxKind?.self) { group in
            for kind in kinds {
                group.addTask {
                    await carry(kind)
                    return kind
                }
            }
            group.addTask {
                try? await gracefulShutdown()
                try? await Task.sleep(for: kinds.isEmpty ? .zero : Self.drainTime)
                return nil
            }
            var carrying = kinds.count
            for await ended in group {
                if ended != nil { carrying -= 1 }
                if ended == nil || carrying == 0 { group.cancelAll() }
            }
        }
    }

    private enum Event {
        case delivered(client: String?, isFinal: Bool)
        case paused
    }

    /// Carries one kind until the program stops; or until nothing is due, which waits for nothing.
    private func carry(_ kind: OutboxKind, untilIdle: Bool = false) async {
        await withTaskGroup(of: Event.self) { group in
            var (lanes, isPausing) = (Lanes(), false)
            while !Task.isShuttingDownGracefully && !Task.isCancelled {
                let room = lanes.room(for: kind)
                let rows = room > 0 ? await lease(kind, limit: room, passingOver: lanes.full) : []
                for row in rows {
                    lanes.begin(row.client)
                    group.addTask {
                        .delivered(client: row.client, isFinal: await deliver(row))
                    }
                }
                if !rows.isEmpty && rows.count == room { continue }
                if untilIdle {
                    if lanes.isIdle { return }
                } else if !isPausing {
                    group.addTask {
                        await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.pause) }
                        return .paused
                    }
                    isPausing = true
                }
                switch await group.next() {
                case .delivered(let client, let isFinal): lanes.end(client, isFinal: isFinal)
                case .paused, nil: isPausing = false
                }
            }
        }
    }

    /// Delivers what is due until nothing is.
    func deliverDue() async {
        for kind in transports.kinds { await carry(kind, untilIdle: true) }
    }

    private func lease(
        _ kind: OutboxKind, limit: Int, passingOver clients: [String] = []
    ) async -> [OutboxRecord] {
        let now = desk.now
        do {
            // Reading first: where nothing is due, the one writer is left alone, and a long line of
            // a teleservice that hangs is walked past by a reader.
            let due = try await desk.store.read {
                try $0.due(kind, passingOver: clients, limit: limit, at: now)
            }
            guard !due.isEmpty else { return [] }
            return try await desk.store.write {
                try $0.lease(due, until: now.addingTimeInterval(Self.leaseTime), at: now)
            }
        } catch {
            desk.environment.log.error("outbox not read", metadata: ["cause": "\(error)"])
            return []
        }
    }
}
