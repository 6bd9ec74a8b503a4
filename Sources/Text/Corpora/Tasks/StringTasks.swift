extension Task {
    /// The same characters again.
    static let copy = characters { $0 }

    /// The characters from right to left.
    static let reverse = characters { $0.reversed() }

    /// The characters in ascending order, digits before letters.
    static let sort = characters { $0.sorted() }

    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".unicodeScalars)

    /// Something done with 1 to 12 characters.
    private static func characters(
        _ answer: @escaping @Sendable ([Unicode.Scalar]) -> [Unicode.Scalar]
    ) -> Task {
        Task(sourceName: "characters", targetName: "answer") { random in
            let length = 1 + random.next(below: 12)
            let drawn = (0..<length).map { _ in alphabet[random.next(below: alphabet.count)] }
            return Example(text(drawn), text(answer(drawn)))
        }
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}

extension Task {
    /// The sum of two numbers of three digits.
    static let add = Task(sourceName: "sum", targetName: "number") { random in
        let (first, second) = (100 + random.next(below: 900), 100 + random.next(below: 900))
        return Example(
            "\(first)+\(second)", "\(first + second)",
            key: "\(min(first, second))+\(max(first, second))")
    }

    /// The sum of two numbers modulo the prime 59.
    ///
    /// - Source: the task, with other primes: Power et al. 2022, "Grokking".
    static let modular = Task(sourceName: "sum", targetName: "number") { random in
        let prime = 59
        let (first, second) = (random.next(below: prime), random.next(below: prime))
        return Example(
            "\(first)+\(second) mod \(prime)", "\((first + second) % prime)",
            key: "\(min(first, second))+\(max(first, second))")
    }
}
