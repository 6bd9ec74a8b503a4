/// Colours for a range of values, in 64 steps.
struct ColorRamp {
    /// How many different colours there are.
    static let levelCount = 64

    private var anchors: [(red: Double, green: Double, blue: Double)]

    /// Dark blue by way of teal to pale yellow: lightness rises evenly, so the order survives
    /// colour blindness and grey printing, and both ends differ from a white and a dark page.
    static let sequential = ColorRamp(anchors: [
        (36, 28, 84), (38, 66, 128), (30, 103, 140), (36, 140, 138), (80, 175, 120),
        (160, 205, 96), (250, 231, 110),
    ])

    /// Blue by way of near-white to orange, for values around zero.
    static let diverging = ColorRamp(anchors: [
        (17, 75, 135), (70, 135, 190), (160, 196, 224), (240, 240, 236), (244, 190, 140),
        (216, 118, 44), (148, 66, 8),
    ])

    /// The level of a fraction of the range; fractions outside count as its ends.
    static func level(_ fraction: Double) -> Int {
        min(max(Int(min(max(fraction, 0), 1) * Double(levelCount)), 0), levelCount - 1)
    }

    /// The colour of a level as `#rrggbb`.
    func hexadecimal(_ level: Int) -> String {
        let color = color(level)
        return "#"
            + [color.red, color.green, color.blue].map { component in
                let digits = String(Int(component.rounded()), radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
    }

    /// Whether white text reads better than black on a level.
    func isDark(_ level: Int) -> Bool {
        let color = color(level)
        // Perceived lightness by the usual weights of the three colours.
        return 0.299 * color.red + 0.587 * color.green + 0.114 * color.blue < 140
    }

    private func color(_ level: Int) -> (red: Double, green: Double, blue: Double) {
        let place = Double(level) / Double(Self.levelCount - 1) * Double(anchors.count - 1)
        let index = min(Int(place), anchors.count - 2)
        let weight = place - Double(index)
        let (from, to) = (anchors[index], anchors[index + 1])
        return (
            from.red + (to.red - from.red) * weight,
            from.green + (to.green - from.green) * weight,
            from.blue + (to.blue - from.blue) * weight
        )
    }
}
