import AttendFigures
import Testing

@Suite struct TicksTests {
    @Test(arguments: [
        (0.0, 2000.0, 5, ["0", "500", "1,000", "1,500", "2,000"]),
        (0, 1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-3, 3, 3, ["-2", "0", "2"]),
        (0.84, 0.86, 4, ["0.840", "0.845", "0.850", "0.855", "0.860"]),
        (0, 0.001, 2, ["0.0000", "0.0005", "0.0010"]),
        (0, 0.00002, 2, ["0", "1e-5", "2e-5"]),
        (0, 2_000_000, 4, ["0", "0.5M", "1.0M", "1.5M", "2.0M"]),
        (0, 4e15, 2, ["0", "2e15", "4e15"]),
    ])
    func linearTicksAreRound(lower: Double, upper: Double, count: Int, labels: [String]) {
        #expect(Ticks.linear(from: lower, to: upper, count: count).labels == labels)
    }

    @Test(arguments: [
        (1.0, 1000.0, 4, ["1", "10", "100", "1,000"]),
        (0.9, 5.2, 6, ["1", "2", "5"]),
        (1e-6, 1, 3, ["1e-6", "0.0001", "0.01", "1"]),
    ])
    func logarithmicTicksArePowersOfTen(
        lower: Double, upper: Double, count: Int, labels: [String]
    ) {
        #expect(Ticks.logarithmic(from: lower, to: upper, count: count).labels == labels)
    }

    @Test func aNarrowLogarithmicRangeHasLinearTicks() {
        let ticks = Ticks.logarithmic(from: 2.1, to: 2.9, count: 4)
        #expect(ticks.labels == ["2.2", "2.4", "2.6", "2.8"])
    }

    @Test func ticksAreTheDoublesThatTheirLabelsName() {
        for tick in zip([0.1, 0.2, 0.3], Ticks.linear(from: 0.1, to: 0.3, count: 2).values) {
            #expect(tick.0 == tick.1)
        }
    }

    @Test func extremeRangesEnd() {
        for (lower, upper) in [
            (0, .leastNonzeroMagnitude), (-1e300, 1e300), (1e300, 1.0000001e300), (1, 1 + 1e-15),
            (0, 0),
        ] {
            let ticks = Ticks.linear(from: lower, to: upper, count: 6)
            #expect(!ticks.values.isEmpty)
            #expect(ticks.values.count <= 101)
            #expect(ticks.values.count == ticks.labels.count)
        }
        #expect(Ticks.logarithmic(from: 1e-300, to: 1e300, count: 6).values.count <= 12)
    }
}

@Suite struct AxisScaleTests {
    @Test func growsToTheNextTicksWhereAsked() {
        let scale = AxisScale(
            .init("y"), showing: [0.9, 4.7], from: 100, to: 0, tickCount: 5, isRounded: true)
        #expect(scale.lower == 0)
        #expect(scale.upper == 5)
        #expect(scale.position(2.5) == 50)
    }

    @Test func hasExtentAroundOneValueAndAroundNone() {
        for values in [[], [0], [3], [3, 3], [-2], [.nan]] {
            for kind in [FigureAxis.Scale.linear, .logarithmic] {
                let scale = AxisScale(
                    FigureAxis("y", scale: kind), showing: values, from: 0, to: 100, tickCount: 4,
                    isRounded: true)
                #expect(scale.lower < scale.upper)
                #expect(scale.position(scale.lower) == 0)
                #expect(scale.position(scale.upper) == 100)
            }
        }
    }

    @Test func aLogarithmicScaleSpacesEqualRatiosEqually() {
        let scale = AxisScale(
            FigureAxis("y", scale: .logarithmic), showing: [1, 0, -5, 100], from: 0, to: 100,
            tickCount: 4, isRounded: false)
        #expect(abs(scale.position(10) - 50) < 1e-9)
        #expect(!scale.canShow(0))
    }
}

@Suite struct DownsamplingTests {
    @Test func keepsEndsAndSpikes() {
        var points = (0..<100_000).map { FigurePoint(x: Double($0), y: 0.5) }
        points[77_777].y = 9
        points[33_333].y = -9
        let kept = Downsampling.segments(of: points) { $0.y.isFinite }.flatMap(\.self)
        #expect(kept.count <= Downsampling.limit)
        #expect(kept.first == points.first)
        #expect(kept.last == points.last)
        #expect(kept.contains(points[77_777]))
        #expect(kept.contains(points[33_333]))
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func leavesShortSeriesAlone() {
        let points = (0..<2000).map { FigurePoint(x: Double($0), y: FigureSamples.wobble($0)) }
        #expect(Downsampling.segments(of: points) { _ in true } == [points])
    }

    @Test func aWholeMissingBucketIsAGap() {
        let points = (0..<10_000).map {
            FigurePoint(x: Double($0), y: (4000..<5000).contains($0) ? .nan : 1)
        }
        #expect(Downsampling.segments(of: points) { $0.y.isFinite }.count == 2)
    }
}
