import Foundation
import Testing

@testable import Federation

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    /// Times are seconds.
    enum Step: Sendable {
        case asks(TimeInterval, letThrough: Bool)
        case ends(CircuitBreaker.Outcome, begun: TimeInterval)
    }

    struct Course: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let failures: Int
        let steps: [Step]

        init(_ description: String, after failures: Int, _ steps: [Step]) {
            testDescription = description
            self.failures = failures
            self.steps = steps
        }
    }

    static let courses = [
        Course("is closed at first", after: 0, [.asks(0, letThrough: true)]),
        Course("is closed after nine failures", after: 9, [.asks(9, letThrough: true)]),
        Course(
            "opens at the tenth in a row, for 30 s, then lets one through", after: 10,
            [
                .asks(9, letThrough: false), .asks(38.9, letThrough: false),
                .asks(39, letThrough: true), .asks(39, letThrough: false),
                .asks(68.9, letThrough: false),
            ]),
        Course(
            "counts anew after a success", after: 9,
            [.ends(.alive, begun: 9), .ends(.failing, begun: 10), .asks(11, letThrough: true)]),
        Course(
            "goes on counting where nothing was learnt", after: 9,
            [.ends(.unknown, begun: 9), .ends(.failing, begun: 10), .asks(11, letThrough: false)]),
        Course(
            "closes where the probe succeeds, and begins to count again", after: 10,
            [
                .asks(39, letThrough: true), .ends(.alive, begun: 39), .asks(40, letThrough: true),
                .asks(40, letThrough: true), .ends(.failing, begun: 40),
                .asks(41, letThrough: true),
            ]),
        Course(
            "pauses again where the probe fails", after: 10,
            [
                .asks(39, letThrough: true), .ends(.failing, begun: 39),
                .asks(68.9, letThrough: false), .asks(69, letThrough: true),
            ]),
        Course(
            "lets the next probe through where the last has learnt nothing", after: 10,
            [
                .asks(39, letThrough: true), .ends(.unknown, begun: 39),
                .asks(39, letThrough: true), .asks(40, letThrough: false),
            ]),
        Course(
            "waits no longer for a probe that never ends", after: 10,
            [.asks(39, letThrough: true), .asks(69, letThrough: true)]),
        Course(
            "isn't kept open by what began before it opened", after: 10,
            [.ends(.failing, begun: 3), .asks(39, letThrough: true)]),
        Course(
            "takes nothing that began earlier for its probe's end", after: 10,
            [
                .asks(39, letThrough: true), .ends(.failing, begun: 5), .ends(.unknown, begun: 5),
                .asks(40, letThrough: false), .asks(69, letThrough: true),
            ]),
        Course(
            "isn't kept open by a clock put back", after: 10, [.asks(-3600, letThrough: true)]),
    ]

    @Test("lets through by what it has seen (reliability 5.13)", arguments: courses)
    func course(_ course: Course) {
        let start = Date(timeIntervalSince1970: 1_700_000_000)
        var breaker = CircuitBreaker()
        for second in 0..<course.failures {
            breaker.note(.failing, begunAt: start.addingTimeInterval(TimeInterval(second)))
        }
        for (index, step) in course.steps.enumerated() {
            switch step {
            case .asks(let second, let expected):
                let time = start.addingTimeInterval(second)
                #expect(breaker.isAvailable(at: time) == expected, "step \(index)")
                let isAdmitted = breaker.admits(at: time)
                #expect(isAdmitted == expected, "step \(index)")
            case .ends(let outcome, let second):
                breaker.note(outcome, begunAt: start.addingTimeInterval(second))
            }
        }
    }
}
