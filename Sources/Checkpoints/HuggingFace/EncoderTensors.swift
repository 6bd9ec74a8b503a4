internal import AttendModels

/// What a family calls the tensors of an encoder with BERT's layout.
struct EncoderNames {
    /// What all of them begin with.
    let prefix: String
    /// The tables of segments, after ``embeddings``; nil where the family has none.
    let segments: String?
    /// What the names of layers begin with, up to their numbers.
    let layers: String
    /// Of a layer, in the order of our rows.
    let queriesKeysValues: [String]
    /// Of a layer: the map at the end of the attention, and the norm after it.
    let attention: (output: String, norm: String)
    /// Of a layer: the maps of the feed-forward network, and the norm after it.
    let network: (hidden: String, output: String, norm: String)

    /// What the names of the tables begin with.
    var embeddings: String { "\(prefix)embeddings." }
    /// The table of tokens.
    var words: String { "\(embeddings)word_embeddings.weight" }
}

extension LayoutBuilder {
    /// An encoder, by our names of it, which those of a classifier begin with `encoder.`.
    mutating func addEncoder(
        _ sizes: BERT.Configuration, under head: EncoderHead, names: EncoderNames
    ) {
        func our(_ name: String) -> String { head == .classes ? "encoder.\(name)" : name }
        let embeddings = names.embeddings
        table(
            our("wte.weight"), rows: sizes.vocabularySize, from: names.words)
        table(
            our("wpe.weight"), rows: sizes.contextLength,
            from: "\(embeddings)position_embeddings.weight")
        if let segments = names.segments {
            if sizes.segmentCount > 0 {
                table(our("wtt.weight"), rows: sizes.segmentCount, from: embeddings + segments)
            } else {
                layout.constants.append(.init(embeddings + segments, [1, width]))
            }
        }
        norm(our("ln_emb"), hasBias: true, from: "\(embeddings)LayerNorm")
        for layer in 0..<sizes.layerCount {
            addLayer(sizes, our("h.\(layer)"), "\(names.layers)\(layer)", names)
        }
        layout.prefix = names.prefix
        layout.ignoredNames = ["\(embeddings)position_ids"]
    }

    private mutating func addLayer(
        _ sizes: BERT.Configuration, _ ours: String, _ theirs: String, _ names: EncoderNames
    ) {
        norm("\(ours).ln_1", hasBias: true, from: "\(theirs).\(names.attention.norm)")
        linear(
            "\(ours).attn.c_attn", outputs: 3 * width, inputs: width, hasBias: true, .reads,
            from: names.queriesKeysValues.map { "\(theirs).\($0)" })
        linear(
            "\(ours).attn.c_proj", outputs: width, inputs: width, hasBias: true, .writes,
            from: ["\(theirs).\(names.attention.output)"])
        norm("\(ours).ln_2", hasBias: true, from: "\(theirs).\(names.network.norm)")
        linear(
            "\(ours).mlp.c_fc", outputs: sizes.hiddenWidth, inputs: width, hasBias: true, .reads,
            from: ["\(theirs).\(names.network.hidden)"])
        linear(
            "\(ours).mlp.c_proj", outputs: width, inputs: sizes.hiddenWidth, hasBias: true, .writes,
            from: ["\(theirs).\(names.network.output)"])
    }

    /// The head that restores masked tokens.
    mutating func addMaskedTokenHead(
        _ sizes: BERT.Configuration, map: String, norm: String, bias: String
    ) {
        linear(
            "head.dense", outputs: width, inputs: width, hasBias: true, .readsAndWrites,
            from: [map])
        self.norm("head.norm", hasBias: true, from: norm)
        same("head.bias", [sizes.vocabularySize], from: bias)
    }

    /// The map from the first token's vector to what a head reads.
    mutating func addPooler(from theirs: String) {
        linear(
            "pooler", outputs: width, inputs: width, hasBias: true, .readsAndWrites, from: [theirs])
    }

    /// The head that tells classes apart, with its pooler.
    mutating func addClassifier(classCount: Int, pooler: String) {
        addPooler(from: pooler)
        linear(
            "classifier", outputs: classCount, inputs: width, hasBias: true, .reads,
            from: ["classifier"])
    }
}
