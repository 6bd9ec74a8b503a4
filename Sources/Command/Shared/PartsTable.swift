import Attend

/// The parts of a model as lines of text, in which layers that are alike are shown once.
struct PartsTable {
    private(set) var lines: [String] = []
    private var rows: [(name: String, shape: String, count: String)] = []

    /// A table with a heading and sums.
    init(_ summary: ModelSummary) {
        lines.append(
            "\(summary.architecture): "
                + summary.configuration.sizes.facts.map { "\($0.0) \($0.1)" }.joined(
                    separator: ", "))
        lines.append("")
        let outside = summary.parts.filter { $0.layer == nil }
        add(outside.filter { $0.role == "embeddings" }, title: "embeddings")
        let stacks = summary.parts.filter { $0.layer != nil }.map(\.stack)
        for stack in ["", "encoder", "decoder"] where stacks.contains(stack) {
            addLayers(summary.parts.filter { $0.layer != nil && $0.stack == stack }, stack)
        }
        for role in ["positions", "attention", "norms", "final norm", "head"] {
            let parts = outside.filter { $0.role == role }
            if !parts.isEmpty { add(parts, title: role) }
        }
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

    private mutating func addLayers(_ layers: [ModelSummary.Part], _ stack: String) {
        let first = layers.filter { $0.layer == 0 }
        let count = (layers.compactMap(\.layer).max() ?? 0) + 1
        let total = first.reduce(0) { $0 + $1.parameters }
        let owner = stack.isEmpty ? "" : " of the \(stack)"
        rows.append(
            (
                count == 1 ? "one layer\(owner)" : "each of \(count) layers\(owner)", "",
                total.grouped
            ))
        for role in ["norms", "attention", "cross-attention", "feed-forward", "experts"] {
            let parts = first.filter { $0.role == role }
            if parts.isEmpty { continue }
            let begin = rows.count
            add(parts, title: role)
            for index in begin..<rows.count { rows[index].name = "  " + rows[index].name }
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
