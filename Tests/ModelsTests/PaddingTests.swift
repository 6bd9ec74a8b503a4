import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// A sequence by itself gives what it gives in a padded batch, and padding alone gives numbers.
@Suite struct PaddingTests {
    private static let lengths = [9, 4, 1]
    private static let mask = Tensor(
        lengths.flatMap { length in (0..<9).map { $0 < length ? Float(1) : 0 } }, shape: [3, 9])
    /// Nothing but padding in the second row.
    private static let emptyRow = Tensor(
        [Float](repeating: 1, count: 9) + [Float](repeating: 0, count: 9), shape: [2, 9])

    private static func ids(vocabulary: Int) -> [Int32] { someIds(27, vocabulary: vocabulary) }

    /// Expects the first places of each row to be what `alone` makes of the row by itself.
    private func expectRows(
        of padded: Tensor, are alone: (_ row: Int, _ length: Int) -> Tensor,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let width = padded.shape.width
        for (row, length) in Self.lengths.enumerated() {
            let wanted = alone(row, length)
            let found = padded.elements[row * 9 * width..<(row * 9 + length) * width]
            #expect(
                Tensor(Array(found), shape: [1, length, width]).isNear(wanted), "row \(row)",
                sourceLocation: sourceLocation)
        }
    }

    @Test(
        "SAFETY: Numerics. All-padding batches: finite; padded = single",
        arguments: CausalVariant.all)
    func causalModels(variant: CausalVariant) {
        expectPaddedIsSingle(variant.make())
    }

    private func expectPaddedIsSingle(_ model: some CausalLanguageModel) {
        let ids = Self.ids(vocabulary: CausalVariant.vocabulary)
        expectRows(of: model.logits(ids, batch: 3, keyMask: Self.mask)) { row, length in
            model.logits(Array(ids[row * 9..<row * 9 + length]))
        }
        let empty = model.logits(Array(ids.prefix(18)), batch: 2, keyMask: Self.emptyRow)
        #expect(empty.isFinite)
    }

    @Test(
        "SAFETY: Numerics. All-padding batches: finite; padded = single",
        arguments: BERT.Configuration.variants)
    func encoders(variant: Variant<BERT.Configuration>) {
        let model = BERT(variant)
        let ids = Self.ids(vocabulary: variant.configuration.vocabularySize)
        expectRows(of: model.logits(ids, batch: 3, mask: Self.mask)) { row, length in
            model.logits(Array(ids[row * 9..<row * 9 + length]))
        }
        let few = Array(ids.prefix(18))
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(few, batch: 2, mask: Self.emptyRow, targets: few, context: &context)
        }
        #expect(loss.isFinite && gradients.norm.isFinite && gradients.norm > 0)
    }

    @Test(
        "SAFETY: Numerics. All-padding batches: finite; padded = single",
        arguments: EncoderDecoder.Configuration.variants)
    func encoderDecoders(variant: Variant<EncoderDecoder.Configuration>) {
        let model = EncoderDecoder(variant)
        let sources = Self.ids(vocabulary: variant.configuration.sourceVocabularySize)
        let targets = someIds(27, vocabulary: variant.configuration.targetVocabularySize, seed: 5)
        let padded = model.logits(
            sources: sources, targets: targets, batch: 3, sourceMask: Self.mask)
        expectRows(of: padded) { row, length in
            model.logits(
                sources: Array(sources[row * 9..<row * 9 + length]),
                targets: Array(targets[row * 9..<row * 9 + length]))
        }
        // A source of nothing but padding.
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(
                sources: Array(sources.prefix(18)), sourceMask: Self.emptyRow,
                targetInputs: Array(targets.prefix(18)), targetOutputs: Array(targets.prefix(18)),
                batch: 2, context: &context)
        }
        #expect(loss.isFinite && gradients.norm.isFinite && gradients.norm > 0)
    }

    @Test(arguments: Pooling.allCases)
    func classifiers(pooling: Pooling) {
        var configuration = SequenceClassifier.Configuration(
            encoder: BERT.Configuration.variants[0].configuration, classes: ["a", "b", "c"])
        configuration.pooling = pooling
        var random = RandomSource(seed: 1)
        let model = SequenceClassifier(configuration, random: &random).withLargeWeights()
        let ids = Self.ids(vocabulary: 11)
        var context = Context()
        let padded = model.logits(ids, batch: 3, mask: Self.mask, context: &context)
        #expect(padded.shape == [3, 3])
        for (row, length) in Self.lengths.enumerated() {
            let alone = model.logits(
                Array(ids[row * 9..<row * 9 + length]), batch: 1, context: &context)
            let found = Tensor(Array(padded.elements[row * 3..<row * 3 + 3]), shape: [1, 3])
            #expect(found.isNear(alone))
        }
        let few = Array(ids.prefix(18))
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(few, batch: 2, mask: Self.emptyRow, labels: [2, 0], context: &context)
        }
        #expect(loss.isFinite && gradients.norm.isFinite && gradients.norm > 0)
    }

    /// The mean of the tokens that are there, whatever the padding holds.
    @Test func meanPoolingLeavesPaddingOut() {
        let x = Tensor([1, 2, 3, 4, 500, 600, 7, 8, 900, 1000, 11, 12], shape: [2, 3, 2])
        let mask = Tensor([1, 1, 0, 0, 0, 0], shape: [2, 3])
        #expect(x.pooled(.mean, mask: mask).elements == [2, 3, 0, 0])
        #expect(x.pooled(.mean, mask: nil).elements[1] == (2 + 4 + 600) / 3)
        #expect(x.pooled(.first, mask: mask).elements == [1, 2, 7, 8])
    }
}
