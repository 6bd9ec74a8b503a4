/// Tokens such as `<0xE2>` become the bytes they name.
///
/// A run of them is one token if it is UTF-8, else each of them is U+FFFD: whether the first of a run
/// can be shown is known only when the run has ended, so that is when it comes.
struct ByteFallbackDecoding: WholeTokenStage {
    var unfinished: [UInt8] = []
    private var run: [UInt8] = []

    mutating func decode(_ token: [UInt8]) -> [TokenPart] {
        if let byte = ByteTokens.byte(of: token) {
            run.append(byte)
            return []
        }
        return finish() + [TokenPart(bytes: token, isEnd: true)]
    }

    mutating func finish() -> [TokenPart] {
        defer { run = [] }
        if run.isEmpty { return [] }
        guard UTF8Validation.firstInvalidOffset(in: run) != nil else {
            return [TokenPart(bytes: run, isEnd: true)]
        }
        return run.map { _ in TokenPart(bytes: replacementBytes, isEnd: true) }
    }
}

/// All tokens become one.
struct FusingDecoding: DecodingStage {
    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        [TokenPart(bytes: parts.flatMap(\.bytes), isEnd: isLast)]
    }
}
