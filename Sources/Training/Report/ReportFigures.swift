import AttendFigures

/// The curves of a report.
struct ReportFigures {
    let history: RunHistory
    /// What one token is, in the singular.
    let tokenName: String

    /// Training and validation loss over the steps, above the floor where it is known.
    func loss(size: FigureSize) -> LineChart {
        var validation = LineChart.Series(
            "validation", points: evaluated(\.validationLoss), color: 1)
        if let best = history.best {
            validation.markers = [
                .init(
                    FigurePoint(x: Double(best.step), y: best.validationLoss),
                    label: "best \(Numeral.fixed(best.validationLoss, places: 3))")
            ]
        }
        return LineChart(
            "Loss",
            subtitle: history.floor == nil
                ? "lower is better" : "lower is better; no model can stay below the floor",
            series: [
                .init("training, each step", points: stepped(\.loss), emphasis: .faint, color: 0),
                .init("training, evaluated", points: evaluated(\.trainLoss), color: 0),
                validation,
            ],
            xAxis: .init("step", includesZero: true), yAxis: .init("nats per \(tokenName)"),
            reference: history.floor.map {
                FigureReference($0, label: "floor \(Numeral.fixed($0, places: 3))")
            }, size: size)
    }

    /// The smaller curves, those that have no data left out.
    var details: [LineChart] {
        [rightAnswers, aboveFloor, learningRate, gradientNorm, speed].compactMap { $0 }
    }

    /// The share of validation answers that are right, where there are right ones.
    private var rightAnswers: LineChart? {
        chart(
            "Right answers, percent",
            evaluated { $0.accuracy.map { $0 * 100 } ?? .nan }, .init("", includesZero: true),
            color: 1)
    }

    /// The distance to the floor on a logarithmic axis, where late progress is still visible.
    private var aboveFloor: LineChart? {
        guard let floor = history.floor, floor > 0, !history.evaluations.isEmpty else { return nil }
        func percent(_ points: [FigurePoint]) -> [FigurePoint] {
            points.map { FigurePoint(x: $0.x, y: ($0.y / floor - 1) * 100) }
        }
        return LineChart(
            "Distance to the floor",
            series: [
                .init("training", points: percent(evaluated(\.trainLoss)), color: 0),
                .init("validation", points: percent(evaluated(\.validationLoss)), color: 1),
            ],
            xAxis: .init("step", includesZero: true),
            yAxis: .init("percent above the floor", scale: .logarithmic),
            size: .half)
    }

    private var learningRate: LineChart? {
        chart("Learning rate", stepped(\.learningRate), .init("", includesZero: true), color: 2)
    }

    private var gradientNorm: LineChart? {
        let points = stepped(\.gradientNorm)
        let known = points.map(\.y).filter { $0.isFinite && $0 > 0 }
        // One spike would flatten all the rest of a linear axis.
        let isWide = (known.max() ?? 1) > 30 * (known.min() ?? 1)
        return chart(
            "Gradient norm before clipping", points,
            .init("", scale: isWide ? .logarithmic : .linear, includesZero: true), color: 3)
    }

    private var speed: LineChart? {
        chart(
            "Tokens per second", stepped(\.tokensPerSecond), .init("", includesZero: true),
            color: 4)
    }

    private func chart(
        _ title: String, _ points: [FigurePoint], _ yAxis: FigureAxis, color: Int
    ) -> LineChart? {
        guard points.contains(where: { $0.y.isFinite }) else { return nil }
        return LineChart(
            title, series: [.init(title, points: points, color: color)],
            xAxis: .init("step", includesZero: true),
            yAxis: yAxis, size: .half)
    }

    private func stepped(_ value: (MetricEvent.Step) -> Double) -> [FigurePoint] {
        history.steps.map { FigurePoint(x: Double($0.step), y: value($0)) }
    }

    private func evaluated(_ value: (MetricEvent.Evaluation) -> Double) -> [FigurePoint] {
        history.evaluations.map { FigurePoint(x: Double($0.step), y: value($0)) }
    }
}
