import AttendFigures
import Testing

@Suite struct FigureTests {
    @Test func theSameFigureGivesTheSameBytes() {
        for figure in FigureSamples.all {
            #expect(figure.svg() == figure.svg())
        }
    }

    @Test func everyFigureIsAWellFormedDocumentWithTitleAndDescription() throws {
        for figure in FigureSamples.all {
            let svg = figure.svg()
            let counts = try #require(DocumentCheck.elementCounts(svg))
            #expect(counts["svg"] == 1)
            #expect(counts["desc"] == 1)
            #expect(counts["script"] == nil)
            #expect(svg.contains("role=\"img\""))
            #expect(svg.contains("viewBox=\"0 0 "))
        }
    }

    @Test func noNumberThatIsNotFiniteReachesTheDocument() {
        for figure in FigureSamples.all {
            let svg = figure.svg()
            for word in ["\"nan", "\"inf", " nan", " inf", "Lnan", "Linf", "e+", "E+", "-inf"] {
                #expect(!svg.contains(word), "\(word) in \(figure)")
            }
        }
    }

    @Test func noScalarThatXMLForbidsReachesTheDocument() {
        for figure in FigureSamples.all {
            let forbidden = figure.svg().unicodeScalars.first { scalar in
                (scalar.value < 0x20 && scalar != "\n" && scalar != "\t")
                    || scalar.value == 0xFFFE || scalar.value == 0xFFFF
            }
            #expect(forbidden == nil)
        }
    }

    @Test func sizesOutsideWhatCanBeDrawnAreLimited() {
        #expect(FigureSize(width: 1, height: 1e9) == FigureSize(width: 240, height: 4000))
        #expect(FigureSize(width: .nan, height: .infinity) == .standard)
    }

    @Test func documentsStaySmallWhateverTheData() {
        let points = (0..<200_000).map {
            FigurePoint(x: Double($0), y: FigureSamples.wobble($0))
        }
        let line = LineChart(
            "Long", series: [.init("a", points: points)], xAxis: .init("x"), yAxis: .init("y"))
        #expect(line.svg().utf8.count < 60_000)
        let row = (0..<1000).map { FigureSamples.wobble($0) }
        let map = HeatMap("Large", values: Array(repeating: row, count: 1000))
        #expect(map.svg().utf8.count < 600_000)
        let dots = points.map { ScatterPlot.Dot(x: $0.x, y: $0.y, label: "a") }
        let scatter = ScatterPlot(
            "Cloud", groups: [.init("a", dots: dots)], xAxis: .init("x"), yAxis: .init("y"))
        #expect(scatter.svg().utf8.count < 600_000)
    }
}

@Suite struct LineChartTests {
    @Test func saysHowManyValuesAreLeftOut() {
        let chart = LineChart(
            "Diverged",
            series: [
                .init(
                    "loss",
                    points: [.init(x: 1, y: 2), .init(x: 2, y: .nan), .init(x: 3, y: .infinity)])
            ], xAxis: .init("step"), yAxis: .init("loss"))
        #expect(chart.svg().contains("2 values not finite, left out"))
    }

    @Test func aMissingValueLeavesAGap() throws {
        let points = (0..<9).map { FigurePoint(x: Double($0), y: $0 == 4 ? .nan : 1) }
        let svg = LineChart(
            "Gap", series: [.init("a", points: points)], xAxis: .init("x"), yAxis: .init("y")
        ).svg()
        let line = try #require(svg.split(separator: "\n").first { $0.contains("class=\"series") })
        #expect(line.count { $0 == "M" } == 2)
    }

    @Test func namesTheReferenceAndTheMarker() {
        let svg = FigureSamples.loss.svg()
        #expect(svg.contains(">floor 0.84</text>"))
        #expect(svg.contains(">best 1.25</text>"))
        #expect(svg.contains("Reference line: floor 0.84."))
    }

    @Test func hasALegendOnlyWhereThereIsSomethingToTellApart() {
        let one = LineChart(
            "One", series: [.init("only", points: [.init(x: 0, y: 0), .init(x: 1, y: 1)])],
            xAxis: .init("x"), yAxis: .init("y"))
        #expect(!one.svg().contains(">only</text>"))
        #expect(FigureSamples.loss.svg().contains(">validation</text>"))
    }

    @Test func theLegendLeavesOutSeriesWithoutAName() {
        func chart(_ names: [String]) -> String {
            let points = [FigurePoint(x: 0, y: 1), FigurePoint(x: 1, y: 2)]
            return LineChart(
                "Title", series: names.map { .init($0, points: points) }, xAxis: .init("step"),
                yAxis: .init("loss")
            ).svg()
        }
        func count(_ text: String, in names: [String]) -> Int {
            chart(names).ranges(of: text).count
        }
        #expect(chart(["", "second"]).contains(">second</text>"))
        // One swatch and one sentence, while both lines are drawn.
        #expect(count("<line", in: ["", "second"]) == count("<line", in: ["only"]) + 1)
        #expect(count("<path", in: ["", "second"]) == count("<path", in: ["first", "second"]))
        #expect(count("2 points", in: ["", "second"]) == 1)
    }

    @Test func anEmptyChartSaysSo() {
        let chart = LineChart("Empty", series: [], xAxis: .init("x"), yAxis: .init("y"))
        #expect(chart.svg().contains("no data yet"))
    }
}

@Suite struct OtherChartTests {
    @Test func aBarWithoutAValueIsADash() throws {
        let svg = BarChart(
            "Bars", categories: ["a", "b"], series: [.init("s", values: [3, .nan])],
            valueTitle: "value"
        ).svg()
        #expect(svg.contains(">–</text>"))
        #expect(svg.contains("<title>a: 3</title>"))
        let counts = try #require(DocumentCheck.elementCounts(svg))
        // The surface and the one bar.
        #expect(counts["rect"] == 2)
    }

    @Test func barsBeyondTheLimitAreCounted() {
        let svg = BarChart(
            "Bars", categories: (0..<250).map(String.init),
            series: [.init("s", values: (0..<250).map(Double.init))], valueTitle: "value"
        ).svg()
        #expect(svg.contains("and 50 more"))
    }

    @Test func aLargeMatrixIsAveragedAndSaysSo() {
        let svg = HeatMap(
            "Map", values: Array(repeating: Array(repeating: 2, count: 129), count: 3)
        )
        .svg()
        #expect(svg.contains("each cell is the mean of 1 × 2 values"))
    }

    @Test func missingCellsAreGreyAndCounted() {
        let svg = HeatMap("Map", values: [[1, 2], [3]]).svg()
        #expect(svg.contains("class=\"noValue\""))
        #expect(svg.contains("1 cells without a value are grey."))
    }

    @Test func namesThatWouldCoverOneAnotherAreLeftOut() {
        let dots = (0..<50).map { _ in ScatterPlot.Dot(x: 1, y: 1, label: "same") }
        let svg = ScatterPlot(
            "Dots", groups: [.init("a", dots: dots)], xAxis: .init("x"), yAxis: .init("y")
        ).svg()
        #expect(svg.split(separator: ">same</text>").count - 1 <= 4)
    }
}
