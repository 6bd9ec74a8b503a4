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
        var training = LineChart.Series(
            "training, each step", points: stepped(\.loss), emphasis: .faint, color: 0)
        training.markers = skippedMarkers
        let marks = training.markers.isEmpty ? "" : "; a ring is a step that was left out"
        return LineChart(
            "Loss",
            subtitle: (history.floor == nil
                ? "lower is better" : "lower is better; no model can stay below the floor") + marks,
            series: [
                training, validation,
                // Often as low as that of validation, which it must not hide, nor be hidden by.
                .init(
                    "training, evaluated", points: evaluated(\.trainLoss), emphasis: .dashed,
                    color: 0),
            ],
            xAxis: .init("step", includesZero: true), yAxis: .init("nats per \(tokenName)"),
            reference: history.floor.map {
                FigureReference($0, label: "floor \(Numeral.fixed($0, places: 3))")
            }, size: size)
    }

    /// A ring at each step that was left out; of very many, at as many of them as can be told apart.
    ///
    /// Where the loss was no number, the ring is at the loss before it.
    private var skippedMarkers: [LineChart.Marker] {
        var (last, markers) = (Double.nan, [LineChart.Marker]())
        for step in history.steps {
            if step.loss.isFinite { last = step.loss }
            if step.skipped != nil {
                markers.append(.init(FigurePoint(x: Double(step.step), y: last), label: ""))
            }
        }
        let limit = 60
        return markers.count <= limit
            ? markers : (0..<limit).map { markers[$0 * (markers.count - 1) / (limit - 1)] }
    }

    /// The smaller curves, those that have no data left out.
    var details: [LineChart] {
        [
            rightAnswers, aboveFloor, learningRate, gradientNorm, speed, layerGradients,
            layerUpdates,
        ].compactMap { $0 }
    }

    private var layerGradients: LineChart? {
        layerChart("Gradient norm of each part", \.gradientNorm, "before clipping")
    }

    private var layerUpdates: LineChart? {
        let usual = 1e-3
        return layerChart(
            "Update-to-weight ratio of each part", \.updateRatio,
            "size of a step over the size of the weights; about 0.001 is usual",
            reference: FigureReference(usual, label: "0.001"))
    }

    /// A line for each part of the model, in colours by depth.
    private func layerChart(
        _ title: String, _ value: (MetricEvent.Layer) -> Double, _ subtitle: String,
        reference: FigureReference? = nil
    ) -> LineChart? {
        // All measurements of a run are of the same parts.
        guard let names = history.layers.first?.layers.map(\.name), !names.isEmpty else {
            return nil
        }
        let count = min(names.count, LineChart.seriesLimit)
        let shown = count < 2 ? [0] : (0..<count).map { $0 * (names.count - 1) / (count - 1) }
        let series = shown.map { index in
            LineChart.Series(
                names[index],
                points: history.layers.map { event in
                    FigurePoint(
                        x: Double(event.step),
                        y: event.layers.indices.contains(index) ? value(event.layers[index]) : .nan)
                }, depth: names.count < 2 ? 0 : Double(index) / Double(names.count - 1))
        }
        let note = count < names.count ? "\(count) of \(names.count) parts; " : ""
        return LineChart(
            title, subtitle: note + subtitle, series: series,
            xAxis: .init("step", includesZero: true), yAxis: .init("", scale: .logarithmic),
            reference: reference, size: .half)
    }

    /// The share of answers that are right, where there are right ones.
    ///
    /// Where those of training are counted too, it matters how much sooner they are right: on an axis of ratios.
    private var rightAnswers: LineChart? {
        let title = "Right answers, percent"
        let validation = evaluated { $0.accuracy.map { $0 * 100 } ?? .nan }
        guard history.evaluations.contains(where: { $0.trainAccuracy != nil }) else {
            return chart(title, validation, .init("", includesZero: true), color: 1)
        }
        // Step 0 has no place on such an axis.
        func later(_ points: [FigurePoint]) -> [FigurePoint] { points.filter { $0.x > 0 } }
        let training = evaluated { $0.trainAccuracy.map { $0 * 100 } ?? .nan }
        return LineChart(
            title,
            series: [
                .init("training", points: later(training), color: 0),
                .init("validation", points: later(validation), color: 1),
            ],
            xAxis: .init("step", scale: .logarithmic), yAxis: .init("", includesZero: true),
            size: .half)
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
                .init("validation", points: percent(evaluated(\.validationLoss)), color: 1),
                .init(
                    "training", points: percent(evaluated(\.trainLoss)), emphasis: .dashed,
                    color: 0),
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

    /// The speed of each step, and that over some of them, in which what else the machine did is evened out.
    private var speed: LineChart? {
        let title = "Tokens per second"
        let points = stepped(\.tokensPerSecond)
        guard points.contains(where: { $0.y.isFinite }) else { return nil }
        // A fortieth of the run, and of short ones enough to even something out.
        let window = max(points.count / 40, 9)
        let isLong = points.count >= 3 * window
        let smooth = LineChart.Series(
            "over \(window) steps", points: SmoothedSpeed.points(of: points, window: window),
            color: 4)
        return LineChart(
            title,
            series: isLong
                ? [.init("each step", points: points, emphasis: .faint, color: 4), smooth]
                : [.init(title, points: points, color: 4)],
            xAxis: .init("step", includesZero: true), yAxis: .init("", includesZero: true),
            size: .half)
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
