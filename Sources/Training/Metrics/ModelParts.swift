/// The parts of a model from its input to its output, by the names of its parameters.
///
/// Blocks are found by their place in checkpoints, such as `h.3` or `encoder.h.0`; what comes before the first belongs to the
/// embedding, what comes after the last to the head.
package struct ModelParts: Sendable {
    /// What the parts are called, in order of depth.
    package private(set) var names: [String] = []
    /// The place in ``names`` of each parameter's part, in the order of the parameters.
    package private(set) var indices: [Int] = []

    /// The parts that parameters of these names make together.
    ///
    /// - Parameter parameterNames: in the order in which the model visits them.
    package init(parameterNames: [String]) {
        let paths = parameterNames.map { $0.split(separator: ".").map(String.init) }
        let blocks = paths.map(Self.block(in:))
        let first = blocks.firstIndex { $0 != nil } ?? paths.count
        let last = blocks.lastIndex { $0 != nil } ?? -1
        let stacks = Set(blocks.compactMap { $0?.stack })
        var found: [String: Int] = [:]
        for (place, path) in paths.enumerated() {
            let name: String
            if let block = blocks[place] {
                name =
                    (stacks.count > 1 ? "\(block.stack) " : "") + "block \(block.number + 1)"
            } else if !Self.embeddings.isDisjoint(with: path) || place < first && last >= 0 {
                name = "embedding"
            } else if last < 0, path.first != "lm_head" {
                // A rung of the ladder without blocks: its parts have no more than a name.
                name = path.first ?? ""
            } else {
                name = place > last ? "head" : "\(path.first ?? "") end"
            }
            let index = found[name] ?? names.count
            if index == names.count {
                found[name] = index
                names.append(name)
            }
            indices.append(index)
        }
    }

    private static let embeddings: Set<String> = ["wte", "wpe", "ln_emb", "table"]

    /// The stack and the number of the block that a parameter is in.
    private static func block(in path: [String]) -> (stack: String, number: Int)? {
        guard let place = path.firstIndex(of: "h"), place + 1 < path.count,
            let number = Int(path[place + 1]), (0..<Int.max).contains(number)
        else { return nil }
        return (path[..<place].joined(separator: "."), number)
    }
}
