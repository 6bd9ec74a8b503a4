internal import Foundation

/// Unicode's normalisation forms C, D, KC and KD, with what each new scalar replaces.
///
/// Foundation normalises whole strings, but does not say which scalar came from where, and its tables
/// are as new as the system; vocabularies were made with those of Unicode 9. So single scalars are
/// looked up there, and those that Unicode 9 did not know stay as they are.
///
/// - Source: Unicode Standard Annex 15, Unicode Normalization Forms.
package enum CanonicalForms {
    /// A form of Unicode normalisation.
    package enum Form: String, Hashable, Sendable, CaseIterable {
        case composed = "NFC"
        case decomposed = "NFD"
        case compatibilityComposed = "NFKC"
        case compatibilityDecomposed = "NFKD"

        fileprivate var isCompatible: Bool {
            self == .compatibilityComposed || self == .compatibilityDecomposed
        }

        fileprivate var composes: Bool { self == .composed || self == .compatibilityComposed }
    }

    /// The scalars of a text in a form, each with its change.
    static func normalized(_ scalars: [Unicode.Scalar], to form: Form) -> [ScalarChange] {
        let table = form.isCompatible ? compatibleDecompositions : canonicalDecompositions
        var changes = decomposed(scalars, by: table)
        if form.composes { compose(&changes) }
        return changes
    }

    private static func decomposed(
        _ scalars: [Unicode.Scalar], by table: [Unicode.Scalar: [Unicode.Scalar]]
    ) -> [ScalarChange] {
        var changes: [ScalarChange] = []
        changes.reserveCapacity(scalars.count)
        var marksStart = 0
        func append(_ scalar: Unicode.Scalar, isFirst: Bool) {
            if combiningClass(scalar) == 0 {
                sortMarks(&changes, from: marksStart)
                marksStart = changes.count + 1
            }
            changes.append(ScalarChange(scalar, isFirst ? 0 : 1))
        }
        for scalar in scalars {
            if scalar.value < 0xA0 {
                append(scalar, isFirst: true)
            } else if let syllable = Hangul.parts(of: scalar) {
                for (index, part) in syllable.enumerated() { append(part, isFirst: index == 0) }
            } else if let parts = table[scalar] {
                for (index, part) in parts.enumerated() { append(part, isFirst: index == 0) }
            } else {
                append(scalar, isFirst: true)
            }
        }
        sortMarks(&changes, from: marksStart)
        return changes
    }

    /// Brings the marks after a starter into the order of their classes; equal ones keep theirs.
    private static func sortMarks(_ changes: inout [ScalarChange], from start: Int) {
        guard changes.count - start > 1 else { return }
        let marks = changes[start...].map { (class: combiningClass($0.scalar), change: $0) }
        let sorted = marks.enumerated().sorted {
            ($0.element.class, $0.offset) < ($1.element.class, $1.offset)
        }
        for (index, mark) in sorted.enumerated() { changes[start + index] = mark.element.change }
    }

    private static func compose(_ changes: inout [ScalarChange]) {
        var starter: Int?
        var lastClass: UInt8?
        var count = 0
        for index in changes.indices {
            let change = changes[index]
            let own = combiningClass(change.scalar)
            let isFree = lastClass.map { $0 < own } ?? true
            if let starter, isFree, let whole = composite(changes[starter].scalar, change.scalar) {
                changes[starter].scalar = whole
                changes[starter].change += change.change - 1
                continue
            }
            if own == 0 { starter = count }
            lastClass = own == 0 ? nil : own
            changes[count] = change
            count += 1
        }
        changes.removeLast(changes.count - count)
    }

    private static func composite(_ first: Unicode.Scalar, _ second: Unicode.Scalar)
        -> Unicode.Scalar?
    {
        guard second.value >= 0x300 else { return nil }
        return Hangul.whole(first, second) ?? composites[Pair(first: first, second: second)]
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
        guard scalar.value >= 0x300, scalar.isKnown(to: 9) else { return 0 }
        return scalar.properties.canonicalCombiningClass.rawValue
    }

    /// Where Unicode 9 has scalars that decompose, Hangul syllables apart.
    private static let ranges: [ClosedRange<UInt32>] = [
        0xA0...0x33FF, 0xA69C...0xA7FF, 0xAB5C...0xAB5F, 0xF900...0xFFFF, 0x1_1080...0x1_15BB,
        0x1_D15E...0x1_D7FF, 0x1_EE00...0x1_EEBB, 0x1_F100...0x1_F251, 0x2_F800...0x2_FA1D,
    ]

    private static func table(_ decompose: (String) -> String) -> [Unicode.Scalar: [Unicode.Scalar]]
    {
        var table: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        for scalar in ranges.joined().lazy.compactMap(Unicode.Scalar.init)
        where scalar.isKnown(to: 9) {
            let parts = Array(decompose(String(scalar)).unicodeScalars)
            if parts != [scalar] { table[scalar] = parts }
        }
        return table
    }

    private static let canonicalDecompositions = table { $0.decomposedStringWithCanonicalMapping }

    private static let compatibleDecompositions = table {
        $0.decomposedStringWithCompatibilityMapping
    }

    private struct Pair: Hashable {
        let first: Unicode.Scalar
        let second: Unicode.Scalar
    }

    /// What two scalars make together, where composing gives it back.
    private static let composites: [Pair: Unicode.Scalar] = {
        var composites: [Pair: Unicode.Scalar] = [:]
        for (scalar, parts) in canonicalDecompositions
        where parts.count > 1 && !scalar.properties.isFullCompositionExclusion {
            var head = String.UnicodeScalarView()
            head.append(contentsOf: parts.dropLast())
            let first = String(head).precomposedStringWithCanonicalMapping.unicodeScalars
            if let only = first.first, first.count == 1 {
                composites[Pair(first: only, second: parts[parts.count - 1])] = scalar
            }
        }
        return composites
    }()
}

/// The syllables of Korean, which are composed by arithmetic.
private enum Hangul {
    private static let (syllables, leads, vowels, trails): (UInt32, UInt32, UInt32, UInt32) = (
        0xAC00, 0x1100, 0x1161, 0x11A7
    )
    private static let (leadCount, vowelCount, trailCount): (UInt32, UInt32, UInt32) = (19, 21, 28)

    static func parts(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        let count = leadCount * vowelCount * trailCount
        guard (syllables..<syllables + count).contains(scalar.value) else { return nil }
        let index = scalar.value - syllables
        let parts = [
            leads + index / (vowelCount * trailCount),
            vowels + index % (vowelCount * trailCount) / trailCount,
            trails + index % trailCount,
        ]
        return (index % trailCount == 0 ? parts.dropLast() : parts).compactMap(Unicode.Scalar.init)
    }

    static func whole(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        let (first, second) = (first.value, second.value)
        if (leads..<leads + leadCount).contains(first),
            (vowels..<vowels + vowelCount).contains(second)
        {
            let index = (first - leads) * vowelCount + second - vowels
            return Unicode.Scalar(syllables + index * trailCount)
        }
        let count = leadCount * vowelCount * trailCount
        if (syllables..<syllables + count).contains(first),
            (first - syllables) % trailCount == 0,
            (trails + 1..<trails + trailCount).contains(second)
        {
            return Unicode.Scalar(first + second - trails)
        }
        return nil
    }
}
