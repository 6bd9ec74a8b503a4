extension StackOptions {
    /// The sizes and variants as words and values, for tables; what is usual is left out.
    public var facts: [(String, String)] {
        var facts = [("layers", "\(layerCount)"), ("heads", "\(headCount)")]
        if keyValueHeadCount != headCount {
            facts.append(("key-value heads", "\(keyValueHeadCount)"))
        }
        facts += [("width", "\(width)")]
        if headWidth * headCount != width { facts.append(("head width", "\(headWidth)")) }
        facts += [("hidden width", "\(hiddenWidth)"), ("hidden function", function.name)]
        if let experts { facts.append(("experts", "\(experts.perToken) of \(experts.count)")) }
        facts += [
            ("norm", "\(norm.rawValue), \(placement.rawValue)"),
            ("positions", positions.kind.rawValue),
        ]
        if let latent { facts.append(("latent attention", "rank \(latent.rank)")) }
        if let window {
            facts.append(
                ("window", "\(window)" + (windowAlternates ? " in every second layer" : "")))
        }
        if hasSinks { facts.append(("attention sinks", "yes")) }
        if normalisesQueriesAndKeys { facts.append(("normalised queries and keys", "yes")) }
        return facts + [("biases", hasBias ? "yes" : "no"), ("dropout", "\(dropout)")]
    }
}
