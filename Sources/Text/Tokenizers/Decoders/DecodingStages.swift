/// Makes text of tokens, as many at a time as there are: what a decoder knows while it decodes.
///
/// A stage hands on what can no longer change and holds back the rest, which is never more than a token
/// or a run of byte tokens. So what comes out, joined, does not depend on how the tokens were
/// portioned: decoding all at once and one by one are the same code.
public struct DecodingStages: Sendable {
    private var stages: [any DecodingStage]

    /// The stages of a decoder; without one, tokens are joined by spaces.
    package init(_ decoder: TokenDecoder?) {
        stages = decoder?.stages ?? [SpaceJoining()]
    }

    /// The text that has become certain by these tokens: whole characters.
    package mutating func append(_ tokens: [[UInt8]]) -> [UInt8] {
        process(tokens.map { TokenPart(bytes: $0, isEnd: true) }, isLast: false)
    }

    /// The text that was held back.
    package mutating func finish() -> [UInt8] { process([], isLast: true) }

    private mutating func process(_ parts: [TokenPart], isLast: Bool) -> [UInt8] {
        var parts = parts
        for index in stages.indices { parts = stages[index].process(parts, isLast: isLast) }
        return parts.flatMap(\.bytes)
    }
}

/// One step of decoding: tokens in, tokens out.
protocol DecodingStage: Sendable {
    /// What has become certain by further parts of tokens.
    ///
    /// - Parameter isLast: whether there will be no more, so that all that was held back must come.
    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart]
}

/// A token or a part of one: always whole characters.
struct TokenPart: Hashable, Sendable {
    var bytes: [UInt8]

    /// Whether the token ends here.
    var isEnd: Bool
}

/// A step that looks at one whole token after another.
protocol WholeTokenStage: DecodingStage {
    /// The token whose parts are coming.
    var unfinished: [UInt8] { get set }

    /// What one token becomes, and what it makes certain of those before it.
    mutating func decode(_ token: [UInt8]) -> [TokenPart]

    /// What was held back.
    mutating func finish() -> [TokenPart]
}

extension WholeTokenStage {
    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        var result: [TokenPart] = []
        for part in parts {
            guard part.isEnd else {
                unfinished += part.bytes
                continue
            }
            if unfinished.isEmpty {
                result += decode(part.bytes)
            } else {
                let token = unfinished + part.bytes
                unfinished = []
                result += decode(token)
            }
        }
        if isLast { result += finish() }
        return result
    }

    mutating func finish() -> [TokenPart] { [] }
}

/// Where no decoder is given: a space between tokens.
private struct SpaceJoining: WholeTokenStage {
    var unfinished: [UInt8] = []
    private var isFirst = true

    mutating func decode(_ token: [UInt8]) -> [TokenPart] {
        defer { isFirst = false }
        return [TokenPart(bytes: isFirst ? token : Array(" ".utf8) + token, isEnd: true)]
    }
}
