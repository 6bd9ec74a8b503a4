/// A picture that can be written as SVG text.
///
/// The text is a complete document with its own style sheet: it needs no script and no font from
/// elsewhere, follows the reader's light or dark setting, scales to the width it is given, and
/// carries a title and a description for screen readers. It may be saved as a file or placed
/// inside an HTML page. The same figure always gives the same bytes.
public protocol Figure: Sendable {
    /// The heading shown in the picture.
    var title: String { get }

    /// The picture as an SVG document.
    func svg() -> String
}

/// The extent of a figure's coordinate system; on a page it scales to the space there is.
public struct FigureSize: Hashable, Sendable {
    /// Units from left to right; one unit is one pixel where the figure is shown unscaled.
    public var width: Double
    /// Units from top to bottom.
    public var height: Double

    /// A size of at least 240 × 160 and at most 4000 × 4000 units, so that text always fits.
    public init(width: Double, height: Double) {
        self.width = Self.limited(width, to: 240...4000, otherwise: 720)
        self.height = Self.limited(height, to: 160...4000, otherwise: 420)
    }

    /// 720 × 420, for the width of a column of text.
    public static let standard = FigureSize(width: 720, height: 420)

    /// 420 × 340, for a telephone.
    public static let narrow = FigureSize(width: 420, height: 340)

    /// 480 × 300, for one of two figures side by side.
    public static let half = FigureSize(width: 480, height: 300)

    private static func limited(
        _ value: Double, to range: ClosedRange<Double>, otherwise fallback: Double
    ) -> Double {
        value.isFinite ? min(max(value, range.lowerBound), range.upperBound) : fallback
    }
}

/// A pair of coordinates in the units of the data.
public struct FigurePoint: Hashable, Sendable {
    /// The value along the horizontal axis.
    public var x: Double
    /// The value along the vertical axis.
    public var y: Double

    /// A point; a coordinate that is not finite makes a gap where the point would be.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// Whether both coordinates can be drawn on a linear axis.
    var isPlottable: Bool { x.isPlottable && y.isPlottable }
}

/// What an axis measures and how it spaces its values.
public struct FigureAxis: Hashable, Sendable {
    /// How values are spaced along the axis.
    public enum Scale: Hashable, Sendable {
        /// Equal differences take equal space.
        case linear
        /// Equal ratios take equal space; values that are not positive are left out.
        case logarithmic
    }

    /// What is measured, with its unit.
    public var title: String
    /// How values are spaced.
    public var scale: Scale
    /// Whether a linear axis reaches to zero even where the data do not.
    public var includesZero: Bool

    /// An axis whose range follows from the data.
    public init(_ title: String, scale: Scale = .linear, includesZero: Bool = false) {
        self.title = title
        self.scale = scale
        self.includesZero = includesZero
    }
}

/// A dashed line across a chart at a value worth comparing with, such as the least possible loss.
public struct FigureReference: Hashable, Sendable {
    /// Where the line is, in the units of the axis of values.
    public var value: Double
    /// What the line means, written beside it.
    public var label: String

    /// A reference line; it is not drawn where the value is not finite.
    public init(_ value: Double, label: String) {
        self.value = value
        self.label = label
    }
}

extension Double {
    /// Finite, and small enough that a range of such values does not overflow.
    var isPlottable: Bool { magnitude <= 1e300 }
}
