internal import AttendCheckpoints
public import AttendFigures
internal import AttendModels
internal import AttendText

/// Runs side by side: what differs between their configurations, and their losses in one figure.
public struct RunComparison: Sendable {
    /// One field of the configurations that is not the same in all runs.
    public struct Difference: Codable, Hashable, Sendable {
        /// Where it is, such as `training.learningRate`.
        public let field: String
        /// What each run has there, as it is written in `config.json`; nil where the field is missing.
        public let values: [String?]
    }

    /// The runs, with all of their steps.
    public let runs: [RecordedRun]
    /// What each run is called: its name, or its path where names are shared.
    public let names: [String]
    /// The fields that differ, in the order of `config.json`.
    public let differences: [Difference]

    /// The most runs that are compared: each takes two lines of the figure.
    public static let runLimit = LineChart.seriesLimit / 2

    /// A comparison of the runs in some directories.
    ///
    /// - Throws: `CheckpointError` or ``MetricsLogError`` for the first that is no run.
    public init(of paths: [String]) throws {
        runs = try paths.map { try RecordedRun(at: $0, keepsSteps: true) }
        names = Set(runs.map(\.name)).count == runs.count ? runs.map(\.name) : paths
        let fields = try runs.map { run in
            try Self.fields(
                of: JSONValue(StrictJSON.encode(run.configuration, file: run.path)), in: [])
        }
        var seen: Set<String> = []
        let order = fields.joined().map(\.name).filter { seen.insert($0).inserted }.sorted()
        let tables = fields.map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }
        differences = order.compactMap { field in
            let values = tables.map { $0[field] }
            return Set(values).count > 1 ? Difference(field: field, values: values) : nil
        }
    }

    /// The leaves of a tree by their paths.
    private static func fields(
        of value: JSONValue, in path: [String]
    ) -> [(name: String, value: String)] {
        switch value {
        case .object(let object):
            zip(object.names, object.members.values)
                .flatMap { fields(of: $1, in: path + [$0]) }
        case .array(let elements):
            [(path.joined(separator: "."), "[" + elements.map(text).joined(separator: ", ") + "]")]
        default: [(path.joined(separator: "."), text(of: value))]
        }
    }

    private static func text(of value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return value.summary
    }

    // MARK: Figure

    /// The validation losses over the steps, with the losses of the steps faint behind them.
    ///
    /// Where the runs have different tokens and all have ended, the losses are in bits per byte, so that they can be
    /// compared.
    public func figure() -> LineChart {
        let factors = bitsPerByteFactors
        func points<Event>(
            _ events: [Event], of run: Int, _ value: (Event) -> (step: Int, loss: Double)
        ) -> [FigurePoint] {
            events.map {
                let (step, loss) = value($0)
                return FigurePoint(x: Double(step), y: loss * (factors?[run] ?? 1))
            }
        }
        var (faint, strong): ([LineChart.Series], [LineChart.Series]) = ([], [])
        for (index, run) in runs.enumerated() {
            let best = run.bestValidationLoss.map { $0 * (factors?[index] ?? 1) }
            faint.append(
                .init(
                    "", points: points(run.history.steps, of: index) { ($0.step, $0.loss) },
                    emphasis: .faint, color: index))
            strong.append(
                .init(
                    names[index] + (best.map { " \(Numeral.fixed($0, places: 3))" } ?? ""),
                    points: points(run.history.evaluations, of: index) {
                        ($0.step, $0.validationLoss)
                    }, color: index))
        }
        let losses = (faint + strong).flatMap(\.points).map(\.y).filter { $0.isFinite && $0 > 0 }
        // Runs that end close together could not be told apart on a linear axis that also shows how they began.
        let isWide = (losses.max() ?? 1) > 4 * (losses.min() ?? 1)
        return LineChart(
            "Validation loss", subtitle: subtitle(isConverted: factors != nil),
            series: faint + strong, xAxis: .init("step", includesZero: true),
            yAxis: .init(
                factors == nil ? "nats per token" : "bits per byte",
                scale: isWide ? .logarithmic : .linear),
            // The legend takes a line for two or three of them.
            size: FigureSize(width: 840, height: 420 + 9 * Double(runs.count)))
    }

    private func subtitle(isConverted: Bool) -> String {
        let configurations = runs.map(\.configuration)
        let behind = "; thin lines: the loss of each step"
        if Set(configurations.map(\.data.sha256)).count > 1 {
            return "learnt from different data, so the losses do not compare" + behind
        }
        let source = configurations.first?.data.source.lastComponent ?? ""
        if !hasSameTokens, !isConverted {
            return "on \(source), in different tokens, so the losses do not compare" + behind
        }
        return "on \(source); the number is the lowest" + behind
    }

    private var hasSameTokens: Bool {
        Set(runs.map(\.tokenizer)).count == 1
            && Set(runs.map(\.configuration.model.vocabularySizes)).count == 1
    }

    /// What makes bits per byte out of each run's losses; nil where that is not needed, or not known of all.
    private var bitsPerByteFactors: [Double]? {
        if hasSameTokens || Set(runs.map(\.configuration.data.sha256)).count > 1 { return nil }
        let factors = runs.compactMap { run -> Double? in
            guard let bits = run.bitsPerByte, let loss = run.history.end?.validationLoss,
                loss.isFinite, loss > 0
            else { return nil }
            return bits / loss
        }
        return factors.count == runs.count ? factors : nil
    }
}
