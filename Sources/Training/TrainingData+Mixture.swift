internal import AttendCheckpoints
internal import AttendModels
internal import AttendText
internal import Foundation

extension TrainingData {
    /// Several texts in the ids of one tokenizer.
    init(mixture request: Request, tokenizer known: SavedTokenizer?) throws {
        let sources = [request.source] + request.mixture.map(\.source)
        let texts = try sources.map { try MixedText($0, seed: request.seed) }
        let tokenizer = try MixedText.tokenizer(of: texts, request, known: known)
        self.tokenizer = tokenizer
        let rest = [request.mixture.map(\.share), request.mixture.map(\.finalShare)].map {
            max(1 - $0.reduce(0, +), 0)
        }
        let shares =
            [(rest[0], rest[1])] + request.mixture.map { ($0.share, $0.finalShare) }
        let names = Self.names(of: sources)
        content = .text(
            try texts.indices.map { index in
                TextShare(
                    name: names[index], text: try texts[index].tokenText(tokenizer),
                    share: shares[index].0, finalShare: shares[index].1)
            })
        notices = []
        var description = DataDescription(
            source: Self.place(of: sources[0]), sha256: texts[0].sha256,
            trainingCharacterCount: texts.reduce(0) { $0 + $1.characterCounts.training },
            validationCharacterCount: texts.reduce(0) { $0 + $1.characterCounts.validation },
            tokenizer: tokenizer.kind.rawValue, documentSeparator: texts[0].documentSeparator,
            floor: nil)
        description.mixture = zip(request.mixture, texts.dropFirst()).map { item, text in
            var item = item
            (item.source, item.sha256) = (Self.place(of: item.source), text.sha256)
            return item
        }
        self.description = description
    }
}
