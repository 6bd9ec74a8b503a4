/// The pieces of a vocabulary by their beginnings: finds all pieces that stand at a place of a text.
///
/// The nodes lie in flat arrays: the branches of a node next to one another, with a table of 256 for
/// those that have many. The size is proportionate to the bytes of the pieces.
package struct PieceTrie: Sendable {
    /// Where the branches of each node begin in ``labels`` and ``targets``; one more than there are nodes.
    private var starts: [Int32] = [0]

    /// The byte that leads along each branch.
    private var labels: [UInt8] = []

    /// The node that each branch leads to.
    private var targets: [Int32] = []

    /// The piece that ends at each node; −1 where none does.
    private var pieces: [Int32] = [-1]

    /// For each node the number of its table in ``tables``; −1 where its branches are searched.
    private var tableNumbers: [Int32] = [-1]

    /// Targets by byte, 256 for each table; 0, the root, where there is no branch.
    private var tables: [Int32] = []

    /// More branches than this are worth a table.
    private static let searchedBranches = 12

    /// The node at which every search begins.
    static let root: Int32 = 0

    /// A trie of pieces, whose numbers are their places; empty ones are left out, of equal ones the last stays.
    package init(_ texts: some Sequence<ArraySlice<UInt8>>) {
        var branches = GrowingBranches()
        for (piece, text) in texts.enumerated() where !text.isEmpty {
            var node = Self.root
            for byte in text {
                node = branches.follow(byte, from: node) { pieces.append(-1) }
            }
            pieces[Int(node)] = Int32(piece)
        }
        arrange(branches)
    }

    /// Puts the branches of each node next to one another: a counting sort by their parents.
    private mutating func arrange(_ branches: GrowingBranches) {
        var counts = [Int32](repeating: 0, count: pieces.count)
        for parent in branches.parents { counts[Int(parent)] += 1 }
        starts.reserveCapacity(pieces.count + 1)
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        labels = [UInt8](repeating: 0, count: branches.parents.count)
        targets = [Int32](repeating: 0, count: branches.parents.count)
        var places = starts
        for (index, parent) in branches.parents.enumerated() {
            let place = Int(places[Int(parent)])
            labels[place] = branches.labels[index]
            // Each branch makes a node, and the root is the first.
            targets[place] = Int32(index + 1)
            places[Int(parent)] += 1
        }
        tableNumbers = [Int32](repeating: -1, count: pieces.count)
        for node in pieces.indices where counts[node] > Self.searchedBranches {
            tableNumbers[node] = Int32(tables.count / 256)
            var table = [Int32](repeating: 0, count: 256)
            for branch in Int(starts[node])..<Int(starts[node + 1]) {
                table[Int(labels[branch])] = targets[branch]
            }
            tables += table
        }
    }

    /// The node that a byte leads to; nil where no piece goes on so.
    @inline(__always)
    func next(_ node: Int32, _ byte: UInt8) -> Int32? {
        let number = tableNumbers[Int(node)]
        if number >= 0 {
            let target = tables[Int(number) << 8 | Int(byte)]
            return target == 0 ? nil : target
        }
        for branch in Int(starts[Int(node)])..<Int(starts[Int(node) + 1])
        where labels[branch] == byte {
            return targets[branch]
        }
        return nil
    }

    /// The longest piece that stands at a place of a text, and how many bytes it has.
    package func longest(at start: Int, of text: ArraySlice<UInt8>) -> (piece: Int32, length: Int)?
    {
        var found: (piece: Int32, length: Int)?
        var node = Self.root
        var place = text.startIndex + start
        while place < text.endIndex, let target = next(node, text[place]) {
            node = target
            place += 1
            let piece = piece(at: node)
            if piece >= 0 { found = (piece, place - text.startIndex - start) }
        }
        return found
    }

    /// The piece that ends at a node; −1 where none does.
    @inline(__always)
    func piece(at node: Int32) -> Int32 { pieces[Int(node)] }
}

/// The branches of a trie in the order in which they were made, found by parent and byte.
private struct GrowingBranches {
    var parents: [Int32] = []
    var labels: [UInt8] = []
    /// The branch in each slot; −1 where there is none.
    private var slots = [Int32](repeating: -1, count: 1024)

    /// The node that a byte leads to, which is made if it is new.
    mutating func follow(_ byte: UInt8, from node: Int32, onNew: () -> Void) -> Int32 {
        if 2 * (parents.count + 1) > slots.count { grow() }
        var slot = Self.slot(node, byte, count: slots.count)
        while slots[slot] >= 0 {
            let branch = Int(slots[slot])
            if parents[branch] == node, labels[branch] == byte { return Int32(branch + 1) }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(parents.count)
        parents.append(node)
        labels.append(byte)
        onNew()
        return Int32(parents.count)
    }

    private static func slot(_ node: Int32, _ byte: UInt8, count: Int) -> Int {
        let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
        // Fibonacci hashing: the upper half of the product is well mixed.
        return Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (count - 1)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        for branch in parents.indices {
            var slot = Self.slot(parents[branch], labels[branch], count: slots.count)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(branch)
        }
    }
}
