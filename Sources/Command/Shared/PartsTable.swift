import Attend

/// The parts of a model as lines of text, in which layers that are alike are shown once.
struct PartsTable {
    private(set) var lines: [String] = []
    private var rows: [(name: String, shape: String, count: String)] = []

    /// A table with a heading and sums.
    init(_ summary: ModelSummary) {
        let sizes = summary.configuration
        lines.append(
            "\(summary.architecture.uppercased()): \(sizes.layerCount) layers, \(sizes.headCount) heads, "
                + "width \(sizes.width), context \(sizes.contextLength.grouped), vocabulary "
                + sizes.vocabularySize.grouped)
        lines.append("")
        add(summary.parts.filter { $0.role == "embeddings" }, title: "embeddings")
        addLayers(summary)
        add(summary.parts.filter { $0.role == "final norm" }, title: "final norm")
        layOut()
        let frozen = summary.parameters - summary.trainable
        lines.append("")
        lines.append(
            "\(summary.parameters.grouped) parameters"
                + (frozen > 0 ? " (\(frozen.grouped) of them frozen)" : "")
                + ", \(summary.megabytes.rounded(to: 1)) MB, \(summary.flopsPerToken.grouped) FLOP per token"
        )
    }

    private mutating func add(_ parts: [ModelSummary.Part], title: String) {
        let total = parts.reduce(0) { $0 + $1.parameters }
        rows.append((title, "", total.grouped))
        for part in parts {
            let shape = part.shape.map(\.grouped).joined(separator: " × ")
            rows.append(("  " + part.name, shape, part.parameters.grouped))
        }
    }

    private mutating func addLayers(_ summary: ModelSummary) {
        let parts = summary.parts.filter { $0.layer == 0 }
        let count = summary.configuration.layerCount
        let total = parts.reduce(0) { $0 + $1.parameters }
        rows.append((count == 1 ? "one layer" : "each of \(count) layers", "", total.grouped))
        for role in ["norms", "attention", "feed-forward"] {
            let first = rows.count
            add(parts.filter { $0.role == role }, title: role)
            for index in first..<rows.count { rows[index].name = "  " + rows[index].name }
        }
    }

    private mutating func layOut() {
        let name = rows.map(\.name.count).max() ?? 0
        let shape = rows.map(\.shape.count).max() ?? 0
        let count = rows.map(\.count.count).max() ?? 0
        for row in rows {
            lines.append(
                row.name + spaces(name - row.name.count + 2) + row.shape
                    + spaces(shape - row.shape.count + 2 + count - row.count.count) + row.count)
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
