/// The known name that a mistyped one was probably meant to be.
package enum NearestName {
    /// The nearest of `names`, or nil where none is near enough to be a likely slip of the fingers.
    ///
    /// - Complexity: O(names · length²); names longer than 64 bytes are not compared.
    package static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().utf8)
        let permitted = max(1, wanted.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in names {
            let other = Array(candidate.lowercased().utf8)
            guard max(wanted.count, other.count) <= 64 else { continue }
            guard abs(wanted.count - other.count) <= permitted else { continue }
            let distance = distance(wanted, other)
            if distance <= permitted, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours between two
    /// names.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                let substituted = previous[j] + (a[i] == b[j] ? 0 : 1)
                var least = min(substituted, previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    least = min(least, beforePrevious[j - 1] + 1)
                }
                current.append(least)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
