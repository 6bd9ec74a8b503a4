/// What kinds of character the Unicode standard counts a scalar among, as far as division into words
/// asks.
struct ScalarClasses: OptionSet, Sendable {
    let rawValue: UInt16

    /// General categories L….
    static let letter = ScalarClasses(rawValue: 1)
    /// General categories N….
    static let number = ScalarClasses(rawValue: 2)
    /// The property White_Space.
    static let space = ScalarClasses(rawValue: 4)
    /// General categories M….
    static let mark = ScalarClasses(rawValue: 8)
    /// Letters that can stand before the small ones of a word: Lu, Lt, Lm, Lo, and marks.
    static let leading = ScalarClasses(rawValue: 16)
    /// Letters that can stand among the small ones of a word: Ll, Lm, Lo, and marks.
    static let following = ScalarClasses(rawValue: 32)
    /// What words consist of (`\w`): letters, marks, decimal digits, connectors, joiners.
    static let word = ScalarClasses(rawValue: 64)
    /// General categories P…, and the signs of ASCII.
    static let punctuation = ScalarClasses(rawValue: 128)
    /// The general category Nd.
    static let decimal = ScalarClasses(rawValue: 256)
    /// General categories P….
    static let properPunctuation = ScalarClasses(rawValue: 512)
    /// General categories S….
    static let symbol = ScalarClasses(rawValue: 1024)

    /// The classes of every scalar of the basic plane, of which nearly all text consists: looking them
    /// up is many times as fast as asking for the properties.
    private static let basicPlane: [ScalarClasses] = (0...0xFFFF).map { value in
        Unicode.Scalar(UInt32(value)).map { ScalarClasses(properties: $0) } ?? []
    }

    /// The classes of the scalar with this number.
    static func of(_ value: UInt32) -> ScalarClasses {
        if value < 0x10000 { return basicPlane[Int(value)] }
        return Unicode.Scalar(value).map { ScalarClasses(properties: $0) } ?? []
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    private init(properties scalar: Unicode.Scalar) {
        let properties = scalar.properties
        var classes: ScalarClasses = properties.isWhitespace ? [.space] : []
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: classes.formUnion([.letter, .leading])
        case .lowercaseLetter: classes.formUnion([.letter, .following])
        case .modifierLetter, .otherLetter:
            classes.formUnion([.letter, .leading, .following])
        case .nonspacingMark, .spacingMark, .enclosingMark:
            classes.formUnion([.mark, .leading, .following, .word])
        case .decimalNumber: classes.formUnion([.number, .decimal, .word])
        case .letterNumber, .otherNumber: classes.formUnion(.number)
        case .connectorPunctuation:
            classes.formUnion([.punctuation, .properPunctuation, .word])
        case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            classes.formUnion([.punctuation, .properPunctuation])
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            classes.formUnion(scalar.isASCII ? [.symbol, .punctuation] : .symbol)
        default: break
        }
        if properties.isAlphabetic || properties.isJoinControl { classes.formUnion(.word) }
        self = classes
    }
}

extension [UInt8] {
    /// The classes of the scalar that starts at a place, and how many bytes it has.
    @inline(__always)
    func classes(at place: Int) -> (ScalarClasses, length: Int) {
        let (scalar, length) = UTF8Scalars.scalar(at: place, of: self)
        return (.of(scalar.value), length)
    }

    /// Where the run of scalars of some of these classes ends that starts at a place.
    @inline(__always)
    func endOfRun(of classes: ScalarClasses, from start: Int, to limit: Int) -> Int {
        var place = start
        while place < limit {
            let (found, length) = self.classes(at: place)
            guard !found.isDisjoint(with: classes) else { break }
            place += length
        }
        return place
    }
}
