import ArgumentParser
import Attend

/// The flags of `attend generate` about proposals for the next tokens.
struct DraftOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let a smaller model with the same vocabulary propose tokens: with --temperature 0 the same text comes faster, otherwise one of the same distribution. (With --precision other than float32, up to the rounding of products of few and of many rows.)",
            valueName: "model"))
    var draft: String?

    @Flag(
        help:
            "Propose what followed the last tokens where they stood before, which makes texts faster that repeat passages."
    )
    var lookUp = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens to propose at once (default: \(Speculation.usualTokenCount)).",
            valueName: "k"),
        transform: Number.whole(Speculation.tokenCounts))
    var draftTokens: Int?

    /// The flags that were given.
    var given: [String] { (draft == nil ? [] : ["--draft"]) + (lookUp ? ["--look-up"] : []) }

    func validate() throws {
        if draft != nil, lookUp {
            throw ValidationError(
                "--draft and --look-up cannot be used together; expected one of them.")
        }
        if draftTokens != nil, draft == nil, !lookUp {
            throw ValidationError(
                "--draft-tokens says how many tokens are proposed, and nothing proposes any; add --draft MODEL or "
                    + "--look-up.")
        }
    }

    /// The proposals that were asked for; nil without any.
    ///
    /// - Parameter load: reads a model as that for which tokens are proposed was read.
    func speculation(
        for loaded: LoadedModel, _ load: (_ path: String) throws -> LoadedModel
    ) throws -> Speculation? {
        let count = draftTokens ?? Speculation.usualTokenCount
        if lookUp { return try Speculation(.lookUp, tokenCount: count) }
        guard let draft else { return nil }
        return try Speculation(draft: load(draft), for: loaded, tokenCount: count)
    }

    /// What came of the proposals; nil without any.
    func sentence(about counts: ProposalCounts?) -> String? {
        guard let counts else { return nil }
        if counts.proposed == 0 {
            return lookUp
                ? "Nothing was proposed, since no tokens stood before."
                : "The draft proposed nothing."
        }
        let share = 100 * Double(counts.kept) / Double(counts.proposed)
        return
            "The \(lookUp ? "look-up" : "draft") proposed \(counts.proposed.grouped) tokens, of which "
            + "\(counts.kept.grouped) (\(Int(share.rounded()))%) were kept."
    }
}

/// What `--when-full` says.
enum WhenFullFlag {
    /// How many of the first tokens stay with `sinks`, as Xiao and others have it (2024).
    static let sinkCount = 4

    /// Reads one of three words.
    static func read(_ word: String) throws -> ContextOverflow {
        switch word {
        case "slide": return .slide
        case "sinks": return .sinks(sinkCount)
        case "refuse": return .refuse
        default:
            throw InvalidValue(description: "expected slide, sinks or refuse")
        }
    }
}
