/// What kinds of character the Unicode standard counts a scalar among, as far as division into words
/// asks.
///
/// The tables are those that Hugging Face tokenizers 0.23 carries: of Unicode 16, and for punctuation of Unicode 8. A
/// character that is younger is of no kind, whatever the system knows of it, so that all systems give the same tokens.
package struct ScalarClasses: OptionSet, Sendable {
    package let rawValue: UInt16

    /// General categories L….
    package static let letter = ScalarClasses(rawValue: 1)
    /// General categories N….
    package static let number = ScalarClasses(rawValue: 2)
    /// The property White_Space.
    package static let space = ScalarClasses(rawValue: 4)
    /// General categories M….
    package static let mark = ScalarClasses(rawValue: 8)
    /// Letters that can stand before the small ones of a word: Lu, Lt, Lm, Lo, and marks.
    package static let leading = ScalarClasses(rawValue: 16)
    /// Letters that can stand among the small ones of a word: Ll, Lm, Lo, and marks.
    package static let following = ScalarClasses(rawValue: 32)
    /// What words consist of (`\w`): letters, marks, decimal digits, connectors, joiners.
    package static let word = ScalarClasses(rawValue: 64)
    /// General categories P… of Unicode 8, and the signs of ASCII.
    package static let punctuation = ScalarClasses(rawValue: 128)
    /// The general category Nd.
    package static let decimal = ScalarClasses(rawValue: 256)
    /// General categories P….
    package static let properPunctuation = ScalarClasses(rawValue: 512)
    /// General categories S….
    package static let symbol = ScalarClasses(rawValue: 1024)
    /// What `\w` matches in a pattern of a file: as ``word``, but with ¹ ² ³ ¼ ½ ¾ and without joiners.
    package static let patternWord = ScalarClasses(rawValue: 2048)

    /// The classes of every scalar of the basic plane, of which nearly all text consists: looking them
    /// up is many times as fast as asking for the properties.
    private static let basicPlane: [ScalarClasses] = (0...0xFFFF).map { value in
        Unicode.Scalar(UInt32(value)).map { ScalarClasses(properties: $0) } ?? []
    }

    /// The classes of the scalar with this number.
    package static func of(_ value: UInt32) -> ScalarClasses {
        if value < 0x10000 { return basicPlane[Int(value)] }
        return Unicode.Scalar(value).map { ScalarClasses(properties: $0) } ?? []
    }

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    private init(properties scalar: Unicode.Scalar) {
        let properties = scalar.properties
        var classes: ScalarClasses = properties.isWhitespace ? [.space] : []
        switch Self.category(of: scalar) {
        case .uppercaseLetter, .titlecaseLetter: classes.formUnion([.letter, .leading])
        case .lowercaseLetter: classes.formUnion([.letter, .following])
        case .modifierLetter, .otherLetter:
            classes.formUnion([.letter, .leading, .following])
        case .nonspacingMark, .spacingMark, .enclosingMark:
            classes.formUnion([.mark, .leading, .following, .word])
        case .decimalNumber: classes.formUnion([.number, .decimal, .word])
        case .letterNumber, .otherNumber: classes.formUnion(.number)
        case .connectorPunctuation:
            classes.formUnion([.properPunctuation, .word])
        case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            classes.formUnion(.properPunctuation)
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            classes.formUnion(scalar.isASCII ? [.symbol, .punctuation] : .symbol)
        default: break
        }
        if classes.contains(.properPunctuation), scalar.isKnown(to: 8) {
            classes.formUnion(.punctuation)
        }
        switch scalar.value {
        // These were punctuation in Unicode 8, and are a symbol and a mark since.
        case 0x166D, 0x1_11C9: classes.formUnion(.punctuation)
        case 0xB2, 0xB3, 0xB9, 0xBC...0xBE: classes.formUnion(.patternWord)
        default: break
        }
        if properties.isAlphabetic, scalar.isKnown(to: 16) { classes.formUnion(.word) }
        if classes.contains(.word) { classes.formUnion(.patternWord) }
        if properties.isJoinControl { classes.formUnion(.word) }
        self = classes
    }

    /// The general category in Unicode 16.
    private static func category(of scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
        // A letter without case before and after.
        if scalar.value == 0x295 { return .lowercaseLetter }
        return scalar.isKnown(to: 16) ? scalar.properties.generalCategory : .unassigned
    }
}

extension Unicode.Scalar {
    /// Whether this version of Unicode had the scalar already.
    ///
    /// Tokenizers carry tables of their time; a character that is younger is to them one without
    /// properties, and stays so for the vocabularies that they made.
    func isKnown(to version: Int) -> Bool {
        guard let age = properties.age else { return false }
        return age.major < version || age.major == version && age.minor == 0
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
