/// The `vocab.txt` of BERT: one piece on each line, whose number is the line's, counted from 0.
///
/// The file says nothing about how a text is prepared; that stands in the `tokenizer_config.json` beside
/// it, or else is as in BERT.
package enum WordPieceFile {
    /// What `tokenizer_config.json` says about the tokenizer.
    package struct Settings: Hashable, Sendable {
        /// How texts are prepared.
        package var normalizer = BertNormalizer()
        /// The token for words that cannot be divided.
        package var unknown = "[UNK]"
        /// The token before a text.
        package var start = "[CLS]"
        /// The token after a text.
        package var end = "[SEP]"
        /// The token that fills up.
        package var padding = "[PAD]"
        /// The token that hides another.
        package var mask = "[MASK]"

        /// The settings of BERT.
        package init() {}

        /// Reads the settings from a whole `tokenizer_config.json`; its other fields mean other things.
        ///
        /// - Throws: ``TokenizerError/invalid(_:)`` for a field of a wrong type.
        package init(_ fields: ComponentFields) throws(TokenizerError) {
            normalizer.lowercases = try fields.flag("do_lower_case", default: true)
            normalizer.spacesChineseCharacters = try fields.flag(
                "tokenize_chinese_chars", default: true)
            if fields.value("strip_accents") != nil {
                normalizer.stripsAccents = try fields.flag("strip_accents", default: true)
            }
            unknown = try fields.token("unk_token") ?? unknown
            start = try fields.token("cls_token") ?? start
            end = try fields.token("sep_token") ?? end
            padding = try fields.token("pad_token") ?? padding
            mask = try fields.token("mask_token") ?? mask
        }
    }

    /// The tokenizer of a file.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` that names the line where a piece occurs twice or is not
    ///   UTF-8, or a special token that is missing.
    package static func tokenizer(
        _ file: [UInt8], settings: Settings = Settings()
    ) throws(TokenizerError) -> PipelineTokenizer {
        let tokens = try tokens(of: file)
        let plain = try Vocabulary(tokens)
        var ids: [String: Int32] = [:]
        for text in [settings.unknown, settings.start, settings.end] {
            guard let id = plain.id(of: text) else {
                throw .invalid(
                    "The vocabulary has no token \(text.quoted), which its tokenizer puts into texts; add a "
                        + "line for it, or name another in tokenizer_config.json.")
            }
            ids[text] = id
        }
        for text in [settings.padding, settings.mask] { ids[text] = plain.id(of: text) }
        let marks = [settings.start, settings.end].map { text in
            TemplateProcessor.Mark(name: text, ids: [ids[text] ?? 0], tokens: [text])
        }
        let single: [TemplateProcessor.Part] = [
            .mark(settings.start, typeID: 0), .text(0, typeID: 0), .mark(settings.end, typeID: 0),
        ]
        return try PipelineTokenizer(
            normalizer: .bert(settings.normalizer), preTokenizer: .bert,
            model: .wordPiece(
                WordPieceModel(
                    vocabulary: try Vocabulary(tokens, reserved: Set(ids.values)),
                    unknownToken: settings.unknown)),
            postProcessor: .template(
                TemplateProcessor(
                    single: single,
                    pair: single + [.text(1, typeID: 1), .mark(settings.end, typeID: 1)],
                    marks: marks)),
            decoder: .wordPiece(prefix: "##", cleansUp: true),
            addedTokens: ids.sorted { $0.value < $1.value }.map {
                AddedToken(id: $0.value, content: $0.key)
            })
    }

    /// The pieces with their numbers; an empty line takes up a number, but is no piece.
    private static func tokens(
        of file: [UInt8]
    ) throws(TokenizerError) -> [(text: String, id: Int)] {
        var tokens: [(text: String, id: Int)] = []
        var seen: [ArraySlice<UInt8>: Int] = [:]
        for (number, line) in file.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() {
            let piece = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if piece.isEmpty { continue }
            guard let text = String(validating: piece, as: UTF8.self) else {
                throw .invalid(
                    "Line \(number + 1) of the vocabulary is not UTF-8; save the file as UTF-8.")
            }
            if let earlier = seen.updateValue(number, forKey: piece) {
                throw .invalid(
                    "The vocabulary has the token \(text.quoted) on line \(earlier + 1) and again on line "
                        + "\(number + 1); each may occur once.")
            }
            tokens.append((text, number))
        }
        return tokens
    }

    /// The file of a tokenizer that has such a form: BERT's preparation, and pieces with `##`.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the model is another, or a token cannot stand on a
    ///   line.
    package static func file(of tokenizer: PipelineTokenizer) throws(TokenizerError) -> [UInt8] {
        guard case .wordPiece(let model) = tokenizer.model, model.prefix == "##" else {
            throw .invalid(
                "Only a WordPiece vocabulary with the prefix \"##\" can be written as vocab.txt; write "
                    + "tokenizer.json instead.")
        }
        var file: [UInt8] = []
        for id in 0..<Int32(model.vocabulary.size) {
            let token = model.vocabulary.bytes(of: id) ?? []
            guard !token.contains(UInt8(ascii: "\n")), token.last != UInt8(ascii: "\r") else {
                throw .invalid(
                    "The token \((model.vocabulary.text(of: id) ?? "").quoted) ends its line in vocab.txt; "
                        + "write tokenizer.json instead.")
            }
            file += token
            file.append(UInt8(ascii: "\n"))
        }
        return file
    }
}

extension ComponentFields {
    /// A special token: its text, or an object with the field `content`; nil where it is missing or null.
    fileprivate func token(_ name: String) throws(TokenizerError) -> String? {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value { return text }
        guard case .object = value else { throw fault(name, value, needed: "a token") }
        return try fields(name)?.requiredText("content")
    }
}
