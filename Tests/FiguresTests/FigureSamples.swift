import AttendFigures

/// Figures shared by the tests, one for each kind and each awkward input.
enum FigureSamples {
    static let hostile = "<script>alert(\"1\")</script> & 'x' \u{0}\u{1B}\u{FFFE}"

    static let loss = LineChart(
        "Loss", subtitle: "lower is better",
        series: [
            .init(
                "training",
                points: (1...5000).map { step in
                    FigurePoint(x: Double(step), y: 1 + 4 / Double(step) + wobble(step))
                }, emphasis: .faint),
            .init(
                "validation",
                points: (1...20).map { FigurePoint(x: Double($0) * 200, y: 1.1 + 3 / Double($0)) },
                markers: [.init(FigurePoint(x: 4000, y: 1.25), label: "best 1.25")]),
        ],
        xAxis: .init("step"), yAxis: .init("loss"), reference: .init(0.84, label: "floor 0.84"))

    static let awkward: [any Figure] = {
        let points: [FigurePoint] = [
            .init(x: 0, y: .nan), .init(x: 1, y: .infinity), .init(x: .nan, y: 1),
            .init(x: 2, y: -.infinity), .init(x: 3, y: 1e308), .init(x: 4, y: -1e308),
        ]
        let axis = FigureAxis("a", scale: .logarithmic)
        return [
            LineChart("", series: [], xAxis: .init(""), yAxis: .init("")),
            LineChart("", series: [.init("", points: [])], xAxis: axis, yAxis: axis),
            LineChart("", series: [.init("", points: points)], xAxis: .init(""), yAxis: axis),
            LineChart(
                "", series: [.init("", points: points + [.init(x: 1, y: 1)])], xAxis: axis,
                yAxis: .init("", includesZero: true), reference: .init(.nan, label: "")),
            LineChart(
                "", series: [.init("", points: [.init(x: 1e299, y: 0), .init(x: -1e299, y: 0)])],
                xAxis: .init(""), yAxis: .init("")),
            LineChart(
                "",
                series: [
                    .init("", points: [.init(x: .leastNonzeroMagnitude, y: 1), .init(x: 0, y: 1)])
                ],
                xAxis: .init(""), yAxis: axis),
            LineChart(
                hostile,
                series: (0..<40).map { .init(hostile, points: points, color: -$0) },
                xAxis: .init(hostile), yAxis: .init(hostile),
                size: .init(width: .nan, height: -1)),
            BarChart("", categories: [], series: [], valueTitle: ""),
            BarChart(
                hostile, categories: [hostile, "b"],
                series: [.init(hostile, values: [.nan, .infinity, 3, 4]), .init("", values: [])],
                valueTitle: hostile, reference: .init(2, label: hostile)),
            BarChart(
                "", categories: (0..<1000).map(String.init),
                series: [.init("", values: Array(repeating: 0, count: 1000))], valueTitle: ""),
            HeatMap("", values: []),
            HeatMap("", values: [[]]),
            HeatMap("", values: [[1], [], [2, .nan, .infinity]], rowLabels: [hostile]),
            HeatMap("", values: [[1, 1], [1, 1]], columnLabels: [hostile], range: 3...3),
            HeatMap(hostile, values: Array(repeating: Array(repeating: 1, count: 300), count: 2)),
            ScatterPlot("", groups: [], xAxis: .init(""), yAxis: .init("")),
            ScatterPlot(
                hostile,
                groups: [
                    .init(hostile, dots: points.map { .init(x: $0.x, y: $0.y, label: hostile) }),
                    .init("", dots: [.init(x: 1, y: 1, label: hostile)]),
                ], xAxis: axis, yAxis: .init(hostile)),
        ]
    }()

    static let all: [any Figure] = awkward + [loss]

    /// A repeatable disturbance between 0 and 1.
    static func wobble(_ index: Int) -> Double { Double(index * 7919 % 1000) / 1000 }
}

/// Reads XML strictly, so that a test can tell a broken document from a sound one.
enum DocumentCheck {
    /// How often each opening tag occurs; nil where tags do not nest or an entity is unknown.
    static func elementCounts(_ document: String) -> [String: Int]? {
        var counts: [String: Int] = [:]
        var open: [Substring] = []
        var rest = document[...]
        while let start = rest.firstIndex(where: { $0 == "<" || $0 == "&" }) {
            if rest[start] == "&" {
                let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"]
                guard known.contains(where: { rest[start...].hasPrefix($0) }) else { return nil }
                rest = rest[rest.index(after: start)...]
                continue
            }
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            guard !tag.contains("<"), tag.count(where: { $0 == "\"" }).isMultiple(of: 2) else {
                return nil
            }
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return nil }
                continue
            }
            let name = tag.prefix { $0.isLetter }
            counts[String(name), default: 0] += 1
            if !tag.hasSuffix("/") { open.append(name) }
        }
        return open.isEmpty ? counts : nil
    }
}
