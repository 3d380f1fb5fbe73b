import Glibc

/// The table that `make bench` prints.
struct Report {
    struct Starts {
        var milliseconds: Double
        var anonymousMiB: Double
    }

    let label: String
    let limits: Limits
    let connections: Int
    let seconds: Double
    var starts: Starts?
    var rounds: [Workload: Rounds] = [:]
    var overload: Overload?
    var anonymousMiBAtEnd = 0.0
    private(set) var flowCount = 0
    private var strayErrors = 0

    init(label: String, limits: Limits, connections: Int, seconds: Double) {
        self.label = label
        self.limits = limits
        self.connections = connections
        self.seconds = seconds
    }

    /// - Parameter isRound: false for load whose only purpose is its mass.
    mutating func add(_ measurement: Measurement, of workload: Workload, isRound: Bool = true) {
        if workload == .flowES256 || workload == .flowRS256 { flowCount += measurement.operations }
        if isRound {
            rounds[workload, default: Rounds(measurements: [])].measurements.append(measurement)
        } else {
            strayErrors += measurement.errors
        }
    }

    var errors: Int {
        rounds.values.reduce(0) { $0 + $1.errors } + (overload?.errors ?? 0) + strayErrors
    }

    func print() {
        var lines = [label, "load average \(Self.loadAverage)"]
        lines.append(
            "limits of this machine: ES256 \(Self.number(limits.es256PerSecond))/s and RS256 "
                + "\(Self.number(limits.rs256PerSecond))/s a core (openssl speed), "
                + "\(Self.number(limits.syncsPerSecond)) fdatasync/s, "
                + "\(Self.decimal(limits.hashesPerSecond)) Argon2id/s on all cores")
        lines.append(
            "\(connections) connections, medians of rounds of \(Self.decimal(seconds)) s; "
                + "the generator shares the cores")
        lines.append("")
        lines.append(Self.header)
        lines += Workload.allCases.compactMap { workload in
            rounds[workload].map {
                Self.row(workload.title, $0, target: workload.target(limits))
            }
        }
        lines.append("")
        lines += targets.map(Self.targetRow)
        let notes = rounds.values.flatMap(\.notes) + (overload?.notes ?? [])
        lines += notes.prefix(10).map { "wrong answer: \($0)" }
        Swift.print(lines.joined(separator: "\n"))
    }

    static var header: String {
        row(
            "operation",
            [
                "per s", "low–high", "target", "ratio", "p50 ms", "p95 ms", "p99 ms",
                "max ms", "CPU µs", "generator", "errors",
            ])
    }

    /// - Parameter target: operations a second.
    static func row(_ title: String, _ rounds: Rounds, target: Double?) -> String {
        row(
            title,
            [
                number(rounds.perSecond),
                number(rounds.range.low) + "–" + number(rounds.range.high),
                target.map(number) ?? "",
                target.map { decimal(rounds.perSecond / $0, 2) } ?? "",
                decimal(rounds.latency(0.5), 2), decimal(rounds.latency(0.95), 2),
                decimal(rounds.latency(0.99), 2), decimal(rounds.latencyMaximum, 1),
                decimal(rounds.serverMicrosecondsEach, 1),
                number(rounds.median(\.generatorShare) * 100) + " %", String(rounds.errors),
            ])
    }

    // MARK: The targets that aren't rates

    struct Target {
        let what: String
        let value: String
        let wanted: String
        let isMet: Bool
    }

    static func targetRow(_ target: Target) -> String {
        pad(target.what, 58) + pad(target.value, 14, right: true) + "   " + pad(target.wanted, 14)
            + (target.isMet ? "met" : "MISSED")
    }

    private var targets: [Target] {
        var targets: [Target] = []
        func add(_ what: String, _ value: Double, _ most: Double, _ unit: String) {
            targets.append(Target(what: what, value: value, most: most, unit: unit))
        }
        if let flow = rounds[.flowES256]?.serverMicrosecondsEach {
            add("server CPU of an ES256 code flow", flow, 300, "µs")
        }
        if let flow = rounds[.flowRS256]?.serverMicrosecondsEach, limits.rs256PerSecond > 0 {
            let signature = 1e6 / limits.rs256PerSecond
            add(
                "RS256 code flow: CPU beyond the signature, of the signature",
                (flow - signature) / signature * 100, 40, "%")
        }
        for page in [Workload.portal, .account] {
            if let cost = rounds[page]?.serverMicrosecondsEach {
                add("server CPU of a page: \(page.title)", cost, 1000, "µs")
            }
        }
        if let overload {
            add(
                "discovery, sign-ins at five times capacity: p99",
                Self.p99(overload.discovery.latencies), 50, "ms")
            add(
                "code flow, sign-ins at five times capacity: p99",
                Self.p99(overload.flows.latencies), 50, "ms")
            add(
                "sign-ins turned away (\(overload.signIns.refusals.count)): slowest 503",
                Double(overload.signIns.refusals.maximum) / 1e6, 200, "ms")
            add(
                "code flow meanwhile: slowest", Double(overload.flows.latencies.maximum) / 1e6,
                1000, "ms")
            let rest = Double(overload.signIns.unsent)
            add("sign-ins that found no connection to begin on", rest, 0, "")
            targets.append(
                Target(
                    what: "sign-ins done a second meanwhile, of "
                        + Self.number(overload.offeredPerSecond) + " offered",
                    value: Self.decimal(overload.signIns.perSecond), wanted: "", isMet: true))
        }
        if let starts {
            add("start to first answer", starts.milliseconds, 150, "ms")
            add("anonymous memory after start", starts.anonymousMiB, 40, "MiB")
        }
        add(
            "anonymous memory at the end, after \(flowCount) code flows", anonymousMiBAtEnd, 120,
            "MiB")
        return targets
    }

    private static func p99(_ histogram: Histogram) -> Double {
        Double(histogram.percentile(0.99)) / 1e6
    }

    // MARK: Texts

    private static var loadAverage: String {
        Server.read("/proc/loadavg").map {
            $0.split(separator: " ").prefix(3).joined(separator: " ")
        } ?? ""
    }

    private static let widths = [8, 15, 8, 6, 8, 8, 8, 8, 8, 10, 7]

    private static func row(_ name: String, _ cells: [String]) -> String {
        pad(name, 20) + zip(cells, widths).map { pad($0, $1, right: true) }.joined()
    }

    private static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return right ? spaces + text : text + spaces
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        var digits = String(Int(value.rounded()))
        var grouped = ""
        while digits.count > 3, !digits.hasPrefix("-") {
            grouped = "," + digits.suffix(3) + grouped
            digits = String(digits.dropLast(3))
        }
        return digits + grouped
    }

    fileprivate static func decimal(_ value: Double, _ places: Int = 1) -> String {
        guard value.isFinite else { return "?" }
        let scale = places == 2 ? 100.0 : 10.0
        let scaled = Int((abs(value) * scale).rounded())
        let rest = String(scaled % Int(scale))
        let padded = String(repeating: "0", count: places - rest.count) + rest
        return (value < 0 ? "-" : "") + "\(scaled / Int(scale)).\(padded)"
    }
}

extension Report.Target {
    init(what: String, value: Double, most: Double, unit: String) {
        self.init(
            what: what, value: "\(Report.decimal(value)) \(unit)",
            wanted: "≤ \(Report.decimal(most)) \(unit)", isMet: value <= most)
    }
}
