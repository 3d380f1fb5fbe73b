/// What one run of a workload showed.
struct Measurement {
    var operations = 0
    var seconds = 0.0
    var latencies = Histogram()
    var refusals = Histogram()
    var unsent = 0
    var errors = 0
    var notes: [String] = []
    /// Processor seconds of the server and of this program in that time.
    var serverSeconds = 0.0
    var generatorSeconds = 0.0

    var perSecond: Double { seconds > 0 ? Double(operations) / seconds : 0 }
    /// Microseconds.
    var serverMicrosecondsEach: Double {
        operations > 0 ? serverSeconds * 1e6 / Double(operations) : 0
    }
    /// Of one core.
    var generatorShare: Double { seconds > 0 ? generatorSeconds / seconds : 0 }
}

/// The same workload in several rounds: medians, since a neighbour on the machine disturbs single ones.
struct Rounds {
    var measurements: [Measurement]

    func median(_ value: (Measurement) -> Double) -> Double {
        let values = measurements.map(value).sorted()
        guard !values.isEmpty else { return 0 }
        return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
    }

    var perSecond: Double { median(\.perSecond) }
    var serverMicrosecondsEach: Double { median(\.serverMicrosecondsEach) }
    /// The slowest and the fastest round.
    var range: (low: Double, high: Double) {
        let rates = measurements.map(\.perSecond)
        return (rates.min() ?? 0, rates.max() ?? 0)
    }
    var errors: Int { measurements.reduce(0) { $0 + $1.errors } }
    var notes: [String] { measurements.flatMap(\.notes) }

    /// Milliseconds.
    func latency(_ share: Double) -> Double {
        median { Double($0.latencies.percentile(share)) / 1e6 }
    }

    var latencyMaximum: Double {
        Double(measurements.map(\.latencies.maximum).max() ?? 0) / 1e6
    }
}
