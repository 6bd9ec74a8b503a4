/// A scalar of a text's new form, and how many of the old ones it stands for.
///
/// Vocabularies come with tokenizers that tell where a token stands in the original by this count, so
/// the same is counted here even where something finer could be said.
struct ScalarChange: Hashable {
    var scalar: Unicode.Scalar

    /// 0 where the scalar replaces the next old one; −n where it also removes the n after that; above 0
    /// where it is added, and stands where the old one before it stood.
    var change: Int

    init(_ scalar: Unicode.Scalar, _ change: Int) { (self.scalar, self.change) = (scalar, change) }
}

extension NormalizedText {
    /// Makes the text anew from scalars with their changes.
    mutating func apply(_ changes: [ScalarChange]) {
        rewrite { old, new in
            var place = 0
            func step() -> Range<Int> {
                let start = place
                if place < old.count {
                    place = min(place + UTF8Scalars.length(from: old[place]), old.count)
                }
                return start..<place
            }
            for change in changes {
                guard change.change <= 0 else {
                    let length = place == 0 ? 0 : UTF8Scalars.length(endingAt: place, of: old)
                    new.replace(place - length..<place, with: UTF8.encode(change.scalar)!)
                    continue
                }
                let range = step()
                for _ in 0..<(-change.change) { _ = step() }
                new.replace(range, with: UTF8.encode(change.scalar)!)
            }
        }
    }

    /// Replaces each scalar by what a function makes of it; nil keeps it, an empty text removes it.
    mutating func replaceScalars(
        _ replacement: (Unicode.Scalar) -> [UInt8]?
    ) {
        // Most texts hold nothing to replace; they are not copied.
        guard let first = firstOffset(where: { replacement($0) != nil }) else { return }
        rewrite { old, new in
            var kept = 0
            var place = first
            while place < old.count {
                let (scalar, length) = UTF8Scalars.scalar(at: place, of: old)
                if let bytes = replacement(scalar) {
                    new.keep(kept..<place)
                    new.replace(place..<place + length, with: bytes)
                    kept = place + length
                }
                place += length
            }
            new.keep(kept..<old.count)
        }
    }

    private func firstOffset(where holds: (Unicode.Scalar) -> Bool) -> Int? {
        var place = 0
        while place < bytes.count {
            let (scalar, length) = UTF8Scalars.scalar(at: place, of: bytes)
            if holds(scalar) { return place }
            place += length
        }
        return nil
    }
}
