/// A grammar as flat tables, of which every way leads to an end.
final class CompiledGrammar: Sendable {
    typealias Symbol = GrammarCompiler.Symbol

    /// What makes one grammar differ from another.
    struct Content: Hashable, Sendable {
        /// All alternatives, each followed by ``GrammarCompiler/Symbol/end``.
        let symbols: [Symbol]
        /// The sets of bytes that symbols name.
        let sets: [ByteSet]
        /// Where the alternatives of each rule begin; those that cannot be matched are left out.
        let starts: [[Int32]]
        let root: Int32
    }

    let content: Content

    /// - Throws: ``GrammarError/leftRecursion(_:name:)`` and ``GrammarError/matchesNothing``.
    init(_ compiler: GrammarCompiler) throws(GrammarError) {
        let starts = Self.productive(compiler.symbols, compiler.sets, compiler.starts)
        guard !starts[Int(compiler.root)].isEmpty else { throw .matchesNothing }
        content = Content(
            symbols: compiler.symbols, sets: compiler.sets, starts: starts, root: compiler.root)
        if let rule = LeftRecursion.rule(in: content) {
            let owner = compiler.rules[Int(compiler.owners[Int(rule)])]
            throw .leftRecursion(owner.place, name: owner.name)
        }
    }

    private init(_ content: Content) { self.content = content }

    /// The grammar without the texts that need other bytes than these; nil where none is left.
    func restricted(to bytes: ByteSet) -> CompiledGrammar? {
        let sets = content.sets.map { $0.intersection(bytes) }
        if sets == content.sets { return self }
        let starts = Self.productive(content.symbols, sets, content.starts)
        if starts[Int(content.root)].isEmpty { return nil }
        return CompiledGrammar(
            Content(symbols: content.symbols, sets: sets, starts: starts, root: content.root))
    }

    /// The alternatives of each rule that some text matches.
    ///
    /// A rule is found as soon as one of its alternatives has no rule left that is not found, so each symbol is looked at once.
    private static func productive(
        _ symbols: [Symbol], _ sets: [ByteSet], _ starts: [[Int32]]
    ) -> [[Int32]] {
        var (owners, firsts, missing): ([Int32], [Int32], [Int]) = ([], [], [])
        var users = [[Int32]](repeating: [], count: starts.count)
        var isProductive = [Bool](repeating: false, count: starts.count)
        var found: [Int] = []
        for (rule, places) in starts.enumerated() {
            for start in places {
                let alternative = Int32(owners.count)
                var count = 0
                var place = Int(start)
                while symbols[place] != .end {
                    switch symbols[place] {
                    // Nothing is ever taken from what this adds.
                    case .bytes(let set): if sets[Int(set)].isEmpty { count += symbols.count }
                    case .rule(let used):
                        count += 1
                        users[Int(used)].append(alternative)
                    case .end: break
                    }
                    place += 1
                }
                owners.append(Int32(rule))
                firsts.append(start)
                missing.append(count)
                if count == 0, !isProductive[rule] {
                    isProductive[rule] = true
                    found.append(rule)
                }
            }
        }
        while let rule = found.popLast() {
            for alternative in users[rule].map({ Int($0) }) {
                missing[alternative] -= 1
                let owner = Int(owners[alternative])
                if missing[alternative] == 0, !isProductive[owner] {
                    isProductive[owner] = true
                    found.append(owner)
                }
            }
        }
        var kept = [[Int32]](repeating: [], count: starts.count)
        for (alternative, owner) in owners.enumerated() where missing[alternative] == 0 {
            kept[Int(owner)].append(firsts[alternative])
        }
        return kept
    }
}
