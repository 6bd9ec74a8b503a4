extension SchemaReader {
    /// One of some texts.
    ///
    /// Their common beginnings are shared, so that of a hundred thousand texts only few are followed at once.
    ///
    /// - Source: the prefix tree of Morrison 1968, with a rule for each branching.
    mutating func oneOf(_ texts: [[UInt8]], _ pointer: String) -> GrammarExpression {
        let sorted = texts.sorted { $0.lexicographicallyPrecedes($1) }
        let prefix = freshName(pointer)
        var count = 1
        var pending = [(rule: 0, range: sorted.indices, depth: 0)]
        while let (rule, range, depth) = pending.popLast() {
            var alternatives: [GrammarExpression] = []
            var start = range.lowerBound
            while start < range.upperBound {
                let first = sorted[start]
                guard depth < first.count else {
                    // The texts that end here come first, equal ones next to one another.
                    if alternatives.isEmpty { alternatives.append(.nothing) }
                    start += 1
                    continue
                }
                var end = start + 1
                while end < range.upperBound, sorted[end][depth] == first[depth] { end += 1 }
                // In order, what the first and the last share all between them share.
                let last = sorted[end - 1]
                let shared = zip(first, last).prefix { $0 == $1 }.count
                let text = GrammarExpression.text(Array(first[depth..<shared]))
                if end - start == 1 {
                    alternatives.append(text)
                } else {
                    alternatives.append(.sequence([text, .rule("\(prefix) text \(count)")]))
                    pending.append((count, start..<end, shared))
                    count += 1
                }
                start = end
            }
            define("\(prefix) text \(rule)", .choice(alternatives))
        }
        return .rule("\(prefix) text 0")
    }
}
