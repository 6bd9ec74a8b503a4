import Attend
import Foundation

/// A batch's way through a model as lines of text.
struct TraceTable {
    /// The lines, with a heading and sums.
    let lines: [String]

    init(_ trace: ModelTrace) {
        let columns = ["part", "output", "GFLOP", "ms", "GFLOP/s"]
        let rows = trace.steps.map { step in
            [
                step.name, step.shape.map(\.grouped).joined(separator: " × "),
                Self.billions(step.flops), String(format: "%.3f", step.milliseconds),
                step.flops == 0
                    ? "" : String(format: "%.0f", Double(step.flops) / step.milliseconds / 1e6),
            ]
        }
        lines =
            [
                "One batch of \(trace.batch) sequences of \(trace.length) tokens, forward:", "",
            ] + TextTable(columns: columns, rows: rows, wordColumns: 2).lines + [
                "",
                "\(String(format: "%.3f", Double(trace.flops) / 1e9)) GFLOP in \(String(format: "%.2f", trace.milliseconds)) ms",
            ] + Self.routers(trace.routers)
    }

    /// How evenly the tokens are divided among experts.
    private static func routers(_ routers: [RouterStatistics]) -> [String] {
        if routers.isEmpty { return [] }
        return [
            "", "Tokens of each expert, layer by layer (and the largest load beside an even one):",
        ]
            + routers.enumerated().map { number, router in
                "  h.\(number)  " + router.loads.map(\.grouped).joined(separator: "  ")
                    + "  (\(String(format: "%.2f", router.imbalance)))"
            }
    }

    private static func billions(_ flops: Int) -> String {
        flops == 0 ? "" : String(format: "%.3f", Double(flops) / 1e9)
    }
}
