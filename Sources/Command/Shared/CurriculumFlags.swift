import Attend

/// Reads the flags that say in what order data come, and how much of each.
enum CurriculumFlags {
    /// Stages such as `64:500,128:1000`.
    static let stages: @Sendable (String) throws -> [ContextStage] = { text in
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let stages = parts.compactMap { part -> ContextStage? in
            let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let context = Int(numbers[0]), let step = Int(numbers[1])
            else { return nil }
            return ContextStage(context: context, untilStep: step)
        }
        guard stages.count == parts.count, stages.count <= ContextStage.mostStages else {
            throw InvalidValue(
                description:
                    "expected at most \(ContextStage.mostStages) stages CONTEXT:STEP with commas between "
                    + "them, such as 64:500,128:1000")
        }
        return stages
    }

    /// A text and its share, such as `poems.txt=0.3`, or `poems.txt=0.1:0.5`.
    static let mixedSource: @Sendable (String) throws -> MixedSource = { text in
        let error = InvalidValue(
            description:
                "expected FILE=SHARE or FILE=FIRST:LAST with shares from 0 to 1, such as poems.txt=0.3"
        )
        guard let sign = text.lastIndex(of: "="), sign > text.startIndex else { throw error }
        let shares = text[text.index(after: sign)...]
            .split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard (1...2).contains(shares.count), let first = shares[0],
            let last = shares[shares.count - 1], (0...1).contains(first), (0...1).contains(last)
        else { throw error }
        return MixedSource(source: String(text[..<sign]), share: first, finalShare: last)
    }
}
