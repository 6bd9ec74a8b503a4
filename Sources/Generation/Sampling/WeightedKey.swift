/// A number to rank by, and a weight.
struct WeightedKey {
    let key: Double
    let weight: Double

    /// The least key such that it and all lesser ones have at least this weight together; the greatest where all together
    /// have less.
    ///
    /// - Parameter items: at least one.
    /// - Complexity: O(n) on the average, O(n log n) at worst, since a sort ends what does not get smaller.
    static func reaching(_ weight: Double, _ items: [WeightedKey]) -> Double {
        var (items, missing) = (items, weight)
        for _ in 0..<40 {
            if items.count <= 64 { break }
            let pivot = [items[0], items[items.count / 2], items[items.count - 1]]
                .map(\.key).sorted()[1]
            let less = items.filter { $0.key < pivot }
            let lessWeight = less.reduce(0) { $0 + $1.weight }
            if !less.isEmpty, lessWeight >= missing {
                items = less
                continue
            }
            let upToPivot = items.reduce(lessWeight) { $0 + ($1.key == pivot ? $1.weight : 0) }
            let greater = items.filter { $0.key > pivot }
            if upToPivot >= missing || greater.isEmpty { return pivot }
            missing -= upToPivot
            items = greater
        }
        items.sort { $0.key < $1.key }
        var sum = 0.0
        let reaching = items.first { item in
            sum += item.weight
            return sum >= missing
        }
        return (reaching ?? items[items.count - 1]).key
    }
}
