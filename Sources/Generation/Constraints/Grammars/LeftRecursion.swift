/// Finds rules that need themselves before any byte.
///
/// A matcher that opens such a rule opens it again, one level deeper, and so on without end. Where the recursion is the last
/// of its alternative, no level is added, and the matcher comes back to where it was: that is harmless.
enum LeftRecursion {
    /// A rule that needs itself; nil where there is none.
    static func rule(in grammar: CompiledGrammar.Content) -> Int32? {
        let isNullable = nullable(grammar)
        var edges = [[Edge]](repeating: [], count: grammar.starts.count)
        for (rule, places) in grammar.starts.enumerated() {
            for start in places {
                var place = Int(start)
                while case .rule(let used) = grammar.symbols[place] {
                    let isLast = grammar.symbols[place + 1] == .end
                    edges[rule].append(Edge(target: used, isLast: isLast))
                    guard isNullable[Int(used)] else { break }
                    place += 1
                }
            }
        }
        let components = components(of: edges)
        for (rule, targets) in edges.enumerated() {
            for edge in targets
            where !edge.isLast && components[Int(edge.target)] == components[rule] {
                return Int32(rule)
            }
        }
        return nil
    }

    /// That a rule may begin with another.
    private struct Edge {
        let target: Int32
        /// Whether the other ends the alternative too.
        let isLast: Bool
    }

    /// Which rules match the empty text.
    private static func nullable(_ grammar: CompiledGrammar.Content) -> [Bool] {
        var (owners, missing): ([Int], [Int]) = ([], [])
        var users = [[Int32]](repeating: [], count: grammar.starts.count)
        var isNullable = [Bool](repeating: false, count: grammar.starts.count)
        var found: [Int] = []
        for (rule, places) in grammar.starts.enumerated() {
            for start in places {
                var place = Int(start)
                while case .rule = grammar.symbols[place] { place += 1 }
                guard grammar.symbols[place] == .end else { continue }
                let alternative = Int32(owners.count)
                for case .rule(let used) in grammar.symbols[Int(start)..<place] {
                    users[Int(used)].append(alternative)
                }
                owners.append(rule)
                missing.append(place - Int(start))
                if place == Int(start), !isNullable[rule] {
                    isNullable[rule] = true
                    found.append(rule)
                }
            }
        }
        while let rule = found.popLast() {
            for alternative in users[rule].map({ Int($0) }) {
                missing[alternative] -= 1
                let owner = owners[alternative]
                if missing[alternative] == 0, !isNullable[owner] {
                    isNullable[owner] = true
                    found.append(owner)
                }
            }
        }
        return isNullable
    }

    /// The number of the strongly connected component of each rule.
    ///
    /// - Source: Tarjan 1972, with a stack of its own, since a grammar may be deeper than the thread's.
    private static func components(of edges: [[Edge]]) -> [Int] {
        var order = [Int](repeating: -1, count: edges.count)
        var lowest = order
        var component = order
        var (open, path): ([Int], [(rule: Int, next: Int)]) = ([], [])
        var (visited, count) = (0, 0)
        for start in edges.indices where order[start] < 0 {
            path.append((start, 0))
            while let (rule, next) = path.last {
                if next == 0 {
                    order[rule] = visited
                    lowest[rule] = visited
                    visited += 1
                    open.append(rule)
                }
                if next < edges[rule].count {
                    path[path.count - 1].next += 1
                    let target = Int(edges[rule][next].target)
                    if order[target] < 0 {
                        path.append((target, 0))
                    } else if component[target] < 0 {
                        lowest[rule] = min(lowest[rule], order[target])
                    }
                    continue
                }
                path.removeLast()
                if let caller = path.last?.rule {
                    lowest[caller] = min(lowest[caller], lowest[rule])
                }
                guard lowest[rule] == order[rule] else { continue }
                while let member = open.popLast() {
                    component[member] = count
                    if member == rule { break }
                }
                count += 1
            }
        }
        return component
    }
}
