internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText

/// What stands on top of an encoder: the part that the class names of transformers tell apart.
enum EncoderHead: Hashable {
    /// Nothing: the model makes vectors.
    case none
    /// The head that restores masked tokens.
    case maskedTokens
    /// The head that tells to which class a sequence belongs.
    case classes

    /// The head of a configuration; nil for other families.
    init?(of configuration: AnyConfiguration) {
        switch configuration {
        case .encoder(let sizes): self = sizes.restoresTokens ? .maskedTokens : .none
        case .classifier: self = .classes
        default: return nil
        }
    }

    /// The head that a `config.json` names by its class, or the tensors tell of where it names none.
    ///
    /// - Parameters:
    ///   - family: what the classes' names begin with, such as `Bert`.
    ///   - maskedTensor: a tensor that only models with the head of masked tokens have.
    ///   - others: further classes.
    /// - Returns: nil, with a problem noted, for a class that is not implemented.
    init?(
        from fields: inout ConfigurationFields, family: String, maskedTensor: String,
        others: [String: EncoderHead] = [:]
    ) {
        let classes =
            [EncoderHead.none, .maskedTokens, .classes]
            .map { ($0.className(of: family), $0) } + others.sorted { $0.key < $1.key }
        guard let name = fields.texts("architectures")?.first else {
            self =
                fields.tensorNames.contains(maskedTensor)
                ? .maskedTokens
                : fields.tensorNames.contains("classifier.weight") ? .classes : .none
            return
        }
        guard let found = classes.first(where: { $0.0 == name }) else {
            fields.add(
                "architectures names \(name.quoted), which is not implemented; known are "
                    + classes.map(\.0).joined(separator: ", "))
            return nil
        }
        self = found.1
    }

    /// What transformers calls such a model of a family.
    func className(of family: String) -> String {
        switch self {
        case .none: "\(family)Model"
        case .maskedTokens: "\(family)ForMaskedLM"
        case .classes: "\(family)ForSequenceClassification"
        }
    }

    /// The sizes of the encoder; nil for other families.
    static func sizes(_ configuration: AnyConfiguration) -> BERT.Configuration? {
        switch configuration {
        case .encoder(let sizes): sizes
        case .classifier(let classifier): classifier.encoder
        default: nil
        }
    }

    /// The configuration of an encoder with this head.
    ///
    /// - Parameter poolerFunction: the function of a classifier's pooler; tanh where nil.
    func configuration(
        _ sizes: BERT.Configuration, from fields: inout ConfigurationFields,
        poolerFunction: Activation?
    ) -> AnyConfiguration {
        var sizes = sizes
        if self != .maskedTokens { sizes.hasHead = false }
        guard self == .classes else { return .encoder(sizes) }
        if !["", "single_label_classification"].contains(
            fields.text("problem_type", default: ""))
        {
            fields.add(
                "problem_type is not single_label_classification, and no other kind of classifier is implemented"
            )
        }
        var classifier = SequenceClassifier.Configuration(
            encoder: sizes, classes: Self.classes(from: &fields))
        classifier.pooling = .first
        classifier.poolerFunction = poolerFunction
        return .classifier(classifier)
    }

    /// The names of classes: of `id2label`, or numbered where there is none.
    private static func classes(from fields: inout ConfigurationFields) -> [String] {
        let count = fields.optionalInteger("num_labels")
        guard var labels = fields.fields("id2label") else {
            let count = count ?? 2
            if count > 100_000 {
                fields.add("num_labels is \(count), but must be at most 100000")
                return []
            }
            return (0..<count).map { "LABEL_\($0)" }
        }
        var classes: [String] = []
        while labels.contains("\(classes.count)") {
            classes.append(labels.text("\(classes.count)"))
        }
        labels.problems.forEach { fields.add($0) }
        if let name = labels.unknownNames.first {
            fields.add("\(name) is no number that follows those of the other classes")
        }
        if let count, count != classes.count {
            fields.add("num_labels is \(count), but id2label names \(classes.count) classes")
        }
        return classes
    }

    /// The fields that name a classifier's classes.
    static func labels(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .classifier(let classifier) = configuration else { return [] }
        let numbered = classifier.classes.enumerated()
        return [
            (
                "id2label",
                .object(JSONObject(numbered.map { (name: "\($0)", value: .string($1)) }))
            ),
            (
                "label2id",
                .object(JSONObject(numbered.map { (name: $1, value: .integer($0)) }))
            ),
        ]
    }
}

extension AnyConfiguration {
    /// How many classes a classifier tells apart.
    var classCount: Int {
        if case .classifier(let classifier) = self { classifier.classCount } else { 0 }
    }
}

extension BERT.Configuration {
    /// What transformers calls the function of the feed-forward networks.
    var functionName: String {
        guard case .activation(let function) = hiddenFunction else { return "" }
        return FunctionNames.name(of: function) ?? ""
    }

    /// What neither BERT nor DistilBERT has a place for.
    ///
    /// - Parameter headFunction: the function within the head of masked tokens.
    func misfits(headFunction: Activation) -> [String] {
        var misfits: [String] = []
        if normPlacement != .post {
            misfits.append("its normPlacement is pre, not post")
        }
        if norm != .layer { misfits.append("its norm is \(norm.rawValue), not layer") }
        if positions.kind != .learned {
            misfits.append("its positions.kind is \(positions.kind.rawValue), not learned")
        }
        switch hiddenFunction {
        case .gate:
            misfits.append(
                "its hiddenFunction is the gate \(hiddenFunction.name), not an activation")
        case .activation(let function):
            if functionName.isEmpty {
                misfits.append("its hiddenFunction \(function.rawValue) has no name there")
            }
            if restoresTokens && function != headFunction {
                misfits.append(
                    "its head has the function \(headFunction.rawValue), and its layers \(function.rawValue)"
                )
            }
        }
        return misfits
    }
}

extension SequenceClassifier.Configuration {
    /// What transformers' classifiers have no place for.
    func misfits(poolerFunction: Activation) -> [String] {
        var misfits: [String] = []
        if pooling != .first {
            misfits.append(
                "its pooling is \(pooling.rawValue), not cls"
            )
        }
        if (self.poolerFunction ?? .tanh) != poolerFunction {
            misfits.append(
                "its poolerFunction is \((self.poolerFunction ?? .tanh).rawValue), not \(poolerFunction.rawValue)"
            )
        }
        return misfits
    }
}

extension ConfigurationFields {
    /// Whether the file has a tensor, by its name with or without a prefix.
    func hasTensor(_ name: String, prefix: String) -> Bool {
        tensorNames.contains(name) || tensorNames.contains(prefix + name)
    }
}

extension CheckpointLayout {
    /// The same by the names that TensorFlow's norms have, as the first BERTs were saved with.
    var withLegacyNorms: CheckpointLayout {
        func legacy(_ name: String) -> String {
            guard name.contains("LayerNorm.") else { return name }
            return name.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
                .replacing("LayerNorm.bias", with: "LayerNorm.beta")
        }
        var result = self
        result.maps = maps.map { map in
            TensorMap(
                map.name, map.shape,
                parts: map.parts.map {
                    $0.renamed(legacy($0.name))
                })
        }
        return result
    }
}
