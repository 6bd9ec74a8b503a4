import ArgumentParser
import Attend

/// The flags that say how a text becomes tokens before a model learns from it.
struct TokenizerOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How text becomes tokens: character, byte or bpe; or the file of a tokenizer, as for attend "
                + "tokenize (default: as the preset says, or else character).",
            valueName: "name|file"),
        transform: TokenizerChoice.init)
    var tokenizer: TokenizerChoice?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many tokens a bpe vocabulary has.", valueName: "n"),
        transform: Number.whole(260...PipelineTokenizer.vocabularyLimit))
    var vocabulary: Int?

    /// The first flag that was given, for a message about those that cannot be.
    var firstGivenFlag: String? {
        tokenizer != nil ? "--tokenizer" : vocabulary != nil ? "--vocabulary" : nil
    }
}
