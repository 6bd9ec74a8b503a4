/// The name among `names` that `name` was probably meant to be; nil where none is close.
///
/// Close means: few letters inserted, left out, replaced or swapped, at most a third of the name (but
/// one in a short name); case does not count.
public func nearestName(to name: String, in names: [String]) -> String? {
    // A name this long is no slip of the fingers, and its comparison would take time.
    guard !name.isEmpty, name.utf8.count <= 256 else { return nil }
    let wanted = Array(name.lowercased().unicodeScalars)
    var best: (name: String, distance: Int)?
    for candidate in names {
        let scalars = Array(candidate.lowercased().unicodeScalars)
        let distance = editDistance(wanted, scalars)
        guard distance <= max(1, max(wanted.count, scalars.count) / 3),
            distance < min(wanted.count, scalars.count)
        else { continue }
        if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
}

/// The least number of insertions, deletions, replacements and swaps of neighbours (each place edited
/// once: optimal string alignment) that turn one sequence into the other.
func editDistance<Element: Equatable>(_ first: [Element], _ second: [Element]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (i, a) in first.enumerated() {
        var row = [i + 1]
        for (j, b) in second.enumerated() {
            var cost = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a == second[j - 1], b == first[i - 1] {
                cost = min(cost, beforeLast[j - 1] + 1)
            }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[second.count]
}
