extension StackOptions {
    /// What is wrong with these sizes, one sentence each, by the names that configurations use.
    public var problems: [String] {
        var problems: [String] = []
        func check(_ name: String, _ value: Int, _ limit: Int, from least: Int = 1) {
            if value < least || value > limit {
                problems.append("\(name) is \(value), but must be from \(least) to \(limit)")
            }
        }
        func check(_ name: String, probability: Float) {
            if !(probability >= 0 && probability < 1) {
                problems.append(
                    "\(name) is \(probability), but must be at least 0 and less than 1")
            }
        }
        check("layerCount", layerCount, 1024)
        check("headCount", headCount, 4096)
        check("width", width, 65536)
        check("hiddenWidth", hiddenWidth, 524_288)
        // A family without a setting of this name has it from another one, which is named already.
        if keyValueHeadCount != headCount { check("keyValueHeadCount", keyValueHeadCount, 4096) }
        if problems.isEmpty, headWidth == width / headCount, width % headCount != 0 {
            problems.append("headCount \(headCount) does not divide width \(width)")
        }
        if problems.isEmpty { check("headWidth", headWidth, 4096) }
        if problems.isEmpty, headCount % keyValueHeadCount != 0 {
            problems.append(
                "keyValueHeadCount \(keyValueHeadCount) does not divide headCount \(headCount)")
        }
        check("dropout", probability: dropout)
        if attentionDropout.bitPattern != dropout.bitPattern {
            check("attentionDropout", probability: attentionDropout)
        }
        check("hiddenDropout", probability: hiddenDropout)
        if !(normEpsilon > 0 && normEpsilon < 1) {
            problems.append("normEpsilon is \(normEpsilon), but must be between 0 and 1")
        }
        if let window { check("window", window, 1_048_576) }
        if let scale, !(scale > 0 && scale < 1e6) {
            problems.append("scale is \(scale), but must be more than 0 and less than 1e6")
        }
        if let experts {
            check("experts.count", experts.count, 1024)
            check("experts.perToken", experts.perToken, max(experts.count, 1))
            check("experts.hiddenWidth", experts.hiddenWidth, 524_288)
            check("experts.sharedHiddenWidth", experts.sharedHiddenWidth, 524_288, from: 0)
            if !(experts.balanceCoefficient >= 0 && experts.balanceCoefficient < 1000) {
                problems.append(
                    "experts.balanceCoefficient is \(experts.balanceCoefficient), but must be from 0 to 1000"
                )
            }
        }
        if problems.isEmpty { problems += attentionProblems }
        return problems
    }

    private var attentionProblems: [String] {
        var problems: [String] = []
        if let latent {
            if latent.rank < 1 || latent.rank > 65536 {
                problems.append("latent.rank is \(latent.rank), but must be from 1 to 65536")
            }
            if latent.rotaryWidth < 2 || latent.rotaryWidth >= headWidth
                || latent.rotaryWidth % 2 != 0
            {
                problems.append(
                    "latent.rotaryWidth is \(latent.rotaryWidth), but must be even, at least 2 and less than the"
                        + " head width \(headWidth)")
            }
            if positions.kind != .rotary && positions.kind != .none {
                problems.append(
                    "latent attention goes with rotary positions or none, not with \(positions.kind.rawValue)"
                )
            }
            if keyValueHeadCount != headCount {
                problems.append(
                    "latent attention has no keyValueHeadCount of its own, but it is \(keyValueHeadCount)"
                        + " where headCount is \(headCount)")
            }
            if normalisesQueriesAndKeys {
                problems.append("latent attention does not normalise queries and keys")
            }
        }
        return problems
            + positions.problems(headWidth: latent?.rotaryWidth ?? headWidth)
    }
}
