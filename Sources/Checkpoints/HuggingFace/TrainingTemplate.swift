internal import AttendModels
internal import AttendText

/// The special tokens that our own training puts around each text, as a post-processor of `tokenizer.json`.
///
/// Our tokenizers have no template of their own: the data sets of training add the tokens. Other programs look for
/// them in the tokenizer.
struct TrainingTemplate {
    /// Before a text, and after it.
    private let start: SpecialToken?
    private let end: SpecialToken

    /// The template of a run; nil where texts stood alone, and for models from elsewhere, whose tokenizers have theirs.
    init?(of model: LoadedModel) {
        guard let kind = model.training?.configuration.data.kind, kind != .text,
            let tokenizer = model.savedTokenizer, let ids = try? SpecialTokens(of: tokenizer)
        else { return nil }
        func token(_ id: Int32) -> SpecialToken {
            SpecialToken(id: id, text: tokenizer.token(of: id) ?? "")
        }
        // A source is read without a start token.
        start = kind == .pairs ? nil : token(ids.start)
        end = token(ids.end)
    }

    /// The contents of a `tokenizer.json` with this template in the place of its post-processor.
    func added(to tokenizer: JSONValue) -> JSONValue {
        guard case .object(let object) = tokenizer else { return tokenizer }
        var fields = zip(object.members.names, object.members.values).map { (name: $0, value: $1) }
        for index in fields.indices where fields[index].name == "post_processor" {
            fields[index].value = json
        }
        return .object(JSONObject(fields))
    }

    private var json: JSONValue {
        let marks = [start, end].compactMap { $0 }
        let single = place(of: start, 0) + [sequence("A", 0)] + place(of: end, 0)
        return .fields([
            "type": .string("TemplateProcessing"), "single": .array(single),
            "pair": .array(single + [sequence("B", 1)] + place(of: end, 1)),
            "special_tokens": .object(
                JSONObject(
                    marks.map { mark in
                        (
                            name: mark.text,
                            value: .fields([
                                "id": .string(mark.text),
                                "ids": .array([.integer(Int(mark.id))]),
                                "tokens": .array([.string(mark.text)]),
                            ])
                        )
                    })),
        ])
    }

    private func place(of mark: SpecialToken?, _ type: Int) -> [JSONValue] {
        guard let mark else { return [] }
        return [
            .fields([
                "SpecialToken": .fields(["id": .string(mark.text), "type_id": .integer(type)])
            ])
        ]
    }

    private func sequence(_ name: String, _ type: Int) -> JSONValue {
        .fields(["Sequence": .fields(["id": .string(name), "type_id": .integer(type)])])
    }
}
