/// Colours and type of every figure, for light and dark surroundings.
///
/// The series colours keep their distance from one another under the common kinds of colour
/// blindness (after Okabe and Ito 2008), and are darkened or lightened for contrast with the
/// surface. Rules are plain classes below the root's class rather than custom properties, since
/// several SVG renderers know no properties, and so that they do not leak into a page.
enum Theme {
    /// The class of the root element.
    static let root = "attend-figure"

    /// How many series have a colour of their own; further ones repeat the colours, dashed.
    static let seriesCount = light.series.count

    /// How many colours there are for the depth in a model.
    static let depthCount = light.depths.count

    private struct Colors {
        var surface, ink, muted, grid, axis, noValue: String
        var series: [String]
        /// Hues in the order of the spectrum, of about the same contrast with the surface.
        var depths: [String]
    }

    private static let light = Colors(
        surface: "#ffffff", ink: "#1d2430", muted: "#5a6473", grid: "#e6e9ee", axis: "#aab2be",
        noValue: "#e9ecf0",
        series: ["#0b6cb0", "#cf5200", "#008763", "#a8518a", "#8a6a00", "#4f5d73"],
        depths: [
            "#5b2a8c", "#4f47ac", "#3566b8", "#0b7cb4", "#008699", "#008a74", "#2f8a48",
            "#5f8420", "#867a00", "#a76a00", "#c05600", "#c93a1a",
        ])

    private static let dark = Colors(
        surface: "#171b22", ink: "#e8ebf0", muted: "#a2acba", grid: "#2a313c", axis: "#566172",
        noValue: "#2a313b",
        series: ["#5ab2f0", "#ff9350", "#35c79c", "#e59ac8", "#e5c04a", "#b4bfcd"],
        depths: [
            "#b48cf0", "#9a97f7", "#7fa6fb", "#5ab2f0", "#3cbfda", "#30c7b5", "#4bcb8c",
            "#82cc66", "#b3c750", "#dcbc4a", "#f7a84c", "#ff8f5e",
        ])

    /// The style sheet placed in every figure.
    static let styleSheet: String = {
        let fonts =
            "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
        var rules = [
            " text{font-family:\(fonts);font-size:12px}",
            " .title{font-size:16px;font-weight:600}",
            " .small{font-size:11px}",
            " .end{text-anchor:end}",
            " .middle{text-anchor:middle}",
            " .tick{font-variant-numeric:tabular-nums}",
            " .strong{font-weight:600}",
            " .grid,.axis,.series,.reference{fill:none}",
            " .grid,.axis{stroke-width:1}",
            " .series{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}",
            " .dots{stroke-width:6}",
            " .faint{stroke-width:1;stroke-opacity:.42}",
            " .dashed{stroke-dasharray:6 5;stroke-linecap:butt}",
            " .reference{stroke-width:1.5;stroke-dasharray:5 4}",
            " .ring{stroke-width:2}",
            " .cloud{fill-opacity:.6}",
            " .halo{paint-order:stroke;stroke-width:3.5;stroke-linejoin:round}",
            " .onDark{fill:#ffffff}",
            " .onLight{fill:#14181f}",
        ].map { scoped($0) }
        rules += colorRules(light)
        rules.append("@media (prefers-color-scheme:dark){")
        rules += colorRules(dark)
        rules.append("}")
        return rules.joined(separator: "\n")
    }()

    private static func colorRules(_ colors: Colors) -> [String] {
        var rules = [
            " .surface{fill:\(colors.surface)}",
            " text{fill:\(colors.ink)}",
            " .muted{fill:\(colors.muted)}",
            " .grid{stroke:\(colors.grid)}",
            " .axis{stroke:\(colors.axis)}",
            " .reference{stroke:\(colors.muted)}",
            " .noValue{fill:\(colors.noValue)}",
            " .ring{fill:\(colors.surface)}",
            " .edge{stroke:\(colors.surface)}",
            " .halo{stroke:\(colors.surface)}",
        ]
        for (index, color) in colors.series.enumerated() {
            rules.append(" .line\(index){stroke:\(color)}")
            rules.append(" .fill\(index){fill:\(color)}")
        }
        for (index, color) in colors.depths.enumerated() {
            rules.append(" .depth\(index){stroke:\(color)}")
        }
        return rules.map { scoped($0) }
    }

    /// A rule, each of its selectors put below the root's class.
    private static func scoped(_ rule: String) -> String {
        let parts = rule.split(separator: "{", maxSplits: 1)
        let selectors = parts[0].split(separator: ",").map { selector in
            ".\(root) \(selector.trimmingPrefix(" "))"
        }
        return selectors.joined(separator: ",") + "{" + parts[1]
    }
}
