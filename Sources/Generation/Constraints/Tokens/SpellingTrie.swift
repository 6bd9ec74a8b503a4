/// Tokens by their bytes, in the order in which a walk through all beginnings meets them.
///
/// The nodes lie in the order of a depth-first walk, and each knows where the one after its branches lies: who finds that no
/// text goes on with a byte leaps over all tokens that begin so.
struct SpellingTrie: Sendable {
    /// A byte that some tokens have at a place, after the same beginning.
    struct Node: Sendable {
        let byte: UInt8
        /// How many bytes come before.
        let depth: Int32
        /// The first node that is not below this one.
        var end: Int32
        /// The place in ``SpellingTrie/tokens`` of the first token that ends here, and of the one after the last.
        var firstToken: Int32
        var endToken: Int32
    }

    private(set) var nodes: [Node] = []
    /// The ids in the order of their bytes.
    private(set) var tokens: [Int32] = []
    /// Every byte that occurs.
    private(set) var bytes = ByteSet()
    /// The bytes of the longest token.
    private(set) var depth = 0
    private var spellings: [Int32: [UInt8]] = [:]

    /// A trie of tokens, of which those without bytes are left out.
    init(_ spelled: [(id: Int32, bytes: [UInt8])]) {
        // The first bytes as a number decide nearly all comparisons.
        let keyed = spelled.filter { !$0.bytes.isEmpty }.map { token in
            let key = (0..<8).reduce(UInt64(0)) { key, index in
                key << 8 | (index < token.bytes.count ? UInt64(token.bytes[index]) : 0)
            }
            return (key: key, id: token.id, bytes: token.bytes)
        }
        let sorted = keyed.sorted {
            $0.key != $1.key ? $0.key < $1.key : $0.bytes.lexicographicallyPrecedes($1.bytes)
        }
        var path: [Int] = []
        var last: [UInt8] = []
        spellings.reserveCapacity(sorted.count)
        for token in sorted {
            let shared = zip(last, token.bytes).prefix { $0 == $1 }.count
            close(&path, to: shared)
            for (depth, byte) in token.bytes.enumerated().dropFirst(shared) {
                path.append(nodes.count)
                let place = Int32(tokens.count)
                nodes.append(
                    Node(
                        byte: byte, depth: Int32(depth), end: 0, firstToken: place, endToken: place)
                )
                bytes.insert(byte)
            }
            tokens.append(token.id)
            if let node = path.last { nodes[node].endToken = Int32(tokens.count) }
            spellings[token.id] = token.bytes
            depth = max(depth, token.bytes.count)
            last = token.bytes
        }
        close(&path, to: 0)
    }

    private mutating func close(_ path: inout [Int], to depth: Int) {
        while path.count > depth { nodes[path.removeLast()].end = Int32(nodes.count) }
    }

    /// The bytes of a token; nil where it has none.
    func bytes(of token: Int32) -> [UInt8]? { spellings[token] }
}
