/// Marks at the ends of texts, in the ways of BERT and RoBERTa.
package struct EnclosingProcessor: Hashable, Sendable {
    /// A token with its number.
    package struct Mark: Hashable, Sendable {
        /// How it is written.
        package let text: String
        /// Its number.
        package let id: Int32
    }

    /// How a pair is put together.
    package enum Style: Hashable, Sendable {
        /// `[CLS] A [SEP] B [SEP]`; the second text and its mark have the type 1.
        case bert
        /// `<s> A </s> </s> B </s>`; all have the type 0.
        case roberta(trimsOffsets: Bool, addsPrefixSpace: Bool)
    }

    /// What stands first.
    package let start: Mark

    /// What stands after each text.
    package let end: Mark

    /// How a pair is put together.
    package let style: Style

    /// The encodings of a text or a pair with their marks.
    func process(
        _ encodings: [Encoding], addsSpecialTokens: Bool, token: (Int32) -> String?
    ) -> [Encoding] {
        var encodings = encodings
        if case .roberta(let trimsOffsets, let addsPrefixSpace) = style {
            for index in encodings.indices {
                encodings[index].typeIDs = .init(repeating: 0, count: encodings[index].count)
                if trimsOffsets {
                    encodings[index].trimOffsets(addsPrefixSpace: addsPrefixSpace, token: token)
                }
            }
        }
        return addsSpecialTokens ? encodings.enumerated().map(enclosed) : encodings
    }

    private func enclosed(_ index: Int, _ encoding: Encoding) -> Encoding {
        var result = Encoding()
        let typeID: Int32 = style == .bert && index > 0 ? 1 : 0
        if index == 0 {
            result.append(id: start.id, isSpecial: true)
        } else if style != .bert {
            result.append(id: end.id, isSpecial: true)
        }
        result.append(encoding)
        result.append(id: end.id, typeID: typeID, isSpecial: true)
        return result
    }
}

extension EnclosingProcessor {
    /// Reads the fields of a `BertProcessing`.
    init(bert fields: ComponentFields) throws(TokenizerError) {
        self.init(start: try fields.mark("cls"), end: try fields.mark("sep"), style: .bert)
    }

    /// Reads the fields of a `RobertaProcessing`.
    init(roberta fields: ComponentFields) throws(TokenizerError) {
        self.init(
            start: try fields.mark("cls"), end: try fields.mark("sep"),
            style: .roberta(
                trimsOffsets: try fields.flag("trim_offsets", default: true),
                addsPrefixSpace: try fields.flag("add_prefix_space", default: true)))
    }

    /// The component as it stands in `tokenizer.json`.
    var json: JSONValue {
        switch style {
        case .bert:
            .fields(["type": .string("BertProcessing"), "sep": end.json, "cls": start.json])
        case .roberta(let trimsOffsets, let addsPrefixSpace):
            .fields([
                "type": .string("RobertaProcessing"), "sep": end.json, "cls": start.json,
                "trim_offsets": .bool(trimsOffsets), "add_prefix_space": .bool(addsPrefixSpace),
            ])
        }
    }
}

extension EnclosingProcessor.Mark {
    fileprivate var json: JSONValue { .array([.string(text), .number("\(id)")]) }
}

extension ComponentFields {
    fileprivate func mark(_ name: String) throws(TokenizerError) -> EnclosingProcessor.Mark {
        let value = try required(name)
        guard case .array(let pair) = value, pair.count == 2, case .string(let text) = pair[0],
            case .number(let digits) = pair[1], let id = Int32(digits), id >= 0
        else {
            throw fault(name, value, needed: "a list of a token and its id, such as [\"</s>\", 2],")
        }
        return .init(text: text, id: id)
    }
}
