import FoundationEssentials
import Outgoing
import Serving
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// Answers at once but where its address says `hangs`: then when it is told to.
private final class HangingHTTP: OutgoingHTTP {
    private let asked: AsyncStream<String>.Continuation
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]?>([])

    init(_ asked: AsyncStream<String>.Continuation) { self.asked = asked }

    func send(_ request: OutgoingRequest) async throws(FetchError) -> OutgoingResponse {
        asked.yield(request.url)
        if request.url.contains("hangs") {
            await withCheckedContinuation { continuation in
                let isOver = waiting.withLock { waiting in
                    waiting?.append(continuation)
                    return waiting == nil
                }
                if isOver { continuation.resume() }
            }
        }
        return OutgoingResponse(status: 200)
    }

    func goOn() {
        let waited = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        for continuation in waited ?? [] { continuation.resume() }
    }
}

@Suite("Teleservices that share a courier")
struct LaneTests {
    @Test(
        "are told although another one hangs and has a long line (SR-62, security.md 5.16)",
        .timeLimit(.minutes(10)), arguments: Backend.available)
    func hanging(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            for id in ["hangs", "lsu"] {
                try await test.register(id) {
                    $0.backChannelLogoutURI = "https://\(id).example.org/"
                }
            }
            for number in 0..<40 {
                try await test.enqueueLogout("hangs", sid: "s", key: "\(number)")
            }
            test.clock.advance(by: .seconds(1))
            try await test.enqueueLogout("lsu", sid: "s", key: "lsu")

            let (asked, asking) = AsyncStream.makeStream(of: String.self)
            let http = HangingHTTP(asking)
            let group = ServiceGroup(
                services: [test.logoutCourier(over: http)], logger: test.desk.environment.log)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var (hung, told) = (0, false)
                for await url in asked {
                    if url.contains("hangs") { hung += 1 } else { told = true }
                    if told || hung >= Courier.concurrentMax { break }
                }
                #expect(told && hung <= Lanes.perClient)
                http.goOn()
                if hung < 40 {
                    for await _ in asked {
                        hung += 1
                        if hung >= 40 { break }
                    }
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(try await test.outboxRows().allSatisfy { $0.deliveredAt != nil })
        }
    }

    @Test("leave the last place to the rest when fifteen have failed")
    func failing() {
        var lanes = Lanes()
        for number in 0..<15 {
            lanes.begin("\(number)")
            lanes.end("\(number)", isFinal: false)
        }
        #expect(lanes.full.isEmpty && lanes.room(for: .logout) == 1)
        for number in 0..<15 { lanes.begin("\(number)") }
        #expect(lanes.full.count == 15 && lanes.room(for: .logout) == 1)
        lanes.begin("lsu")
        #expect(lanes.room(for: .logout) == 0)
    }

    @Test("have four places each, and one again four once a try succeeds")
    func places() {
        var lanes = Lanes()
        #expect(lanes.room(for: .logout) == 4 && lanes.room(for: .mail) == 16)
        for _ in 0..<4 { lanes.begin("lsu") }
        #expect(lanes.full == ["lsu"] && lanes.room(for: .logout) == 4)
        lanes.end("lsu", isFinal: true)
        #expect(lanes.full.isEmpty && lanes.room(for: .logout) == 1)
        lanes.end("lsu", isFinal: false)
        #expect(lanes.full == ["lsu"], "it has two under way and may have one")
        for _ in 0..<2 { lanes.end("lsu", isFinal: true) }
        #expect(lanes.full.isEmpty && lanes.room(for: .logout) == 4)
    }
}
