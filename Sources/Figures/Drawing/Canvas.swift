/// Collects the elements of one SVG document.
struct Canvas {
    private var elements: [String] = []

    /// The elements added so far, as a complete document.
    ///
    /// - Parameters:
    ///   - title: the name that a screen reader announces.
    ///   - description: what the picture shows, in sentences.
    func document(size: FigureSize, title: String, description: String) -> String {
        let width = Numeral.coordinate(size.width)
        let height = Numeral.coordinate(size.height)
        let title = Markup.escaped(title)
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" class="\(Theme.root)" role="img" \
            viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            style="max-width:100%;height:auto" aria-label="\(title)">
            <title>\(title)</title>
            <desc>\(Markup.escaped(description))</desc>
            <style>
            \(Theme.styleSheet)
            </style>
            <rect class="surface" width="\(width)" height="\(height)" rx="10"/>
            """
        return head + "\n" + elements.joined(separator: "\n") + "\n</svg>\n"
    }

    /// Adds a line of text; `position` is where its baseline starts, or ends or is centred as the
    /// class says.
    mutating func text(
        _ text: String, at position: (x: Double, y: Double), class name: String = "",
        rotated degrees: Double = 0
    ) {
        guard !text.isEmpty else { return }
        let x = Numeral.coordinate(position.x)
        let y = Numeral.coordinate(position.y)
        let turn =
            degrees == 0
            ? "" : " transform=\"rotate(\(Numeral.coordinate(degrees)) \(x) \(y))\""
        elements.append(
            "<text x=\"\(x)\" y=\"\(y)\"\(classAttribute(name))\(turn)>"
                + "\(Markup.escaped(text))</text>")
    }

    /// Adds a straight line.
    mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), class name: String
    ) {
        elements.append(
            "<line x1=\"\(Numeral.coordinate(start.x))\" y1=\"\(Numeral.coordinate(start.y))\" "
                + "x2=\"\(Numeral.coordinate(end.x))\" y2=\"\(Numeral.coordinate(end.y))\""
                + "\(classAttribute(name))/>")
    }

    /// Adds a path by its SVG commands; `tip` is shown while the pointer rests on it.
    mutating func path(
        _ commands: String, class name: String, fill: String? = nil, tip: String? = nil
    ) {
        guard !commands.isEmpty else { return }
        let color = fill.map { " fill=\"\($0)\"" } ?? ""
        elements.append(
            "<path d=\"\(commands)\"\(classAttribute(name))\(color)\(closing("path", tip))")
    }

    /// Adds a rectangle; `tip` is shown while the pointer rests on it.
    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, class name: String = "",
        fill: String? = nil, corner: Double = 0, tip: String? = nil
    ) {
        let color = fill.map { " fill=\"\($0)\"" } ?? ""
        let round = corner > 0 ? " rx=\"\(Numeral.coordinate(corner))\"" : ""
        elements.append(
            "<rect x=\"\(Numeral.coordinate(x))\" y=\"\(Numeral.coordinate(y))\" "
                + "width=\"\(Numeral.coordinate(max(width, 0)))\" "
                + "height=\"\(Numeral.coordinate(max(height, 0)))\"\(round)"
                + "\(classAttribute(name))\(color)\(closing("rect", tip))")
    }

    /// Adds a circle; `tip` is shown while the pointer rests on it.
    mutating func circle(
        center: (x: Double, y: Double), radius: Double, class name: String, tip: String? = nil
    ) {
        elements.append(
            "<circle cx=\"\(Numeral.coordinate(center.x))\" "
                + "cy=\"\(Numeral.coordinate(center.y))\" r=\"\(Numeral.coordinate(radius))\""
                + "\(classAttribute(name))\(closing("circle", tip))")
    }

    private func classAttribute(_ name: String) -> String {
        name.isEmpty ? "" : " class=\"\(name)\""
    }

    private func closing(_ element: String, _ tip: String?) -> String {
        tip.map { "><title>\(Markup.escaped($0))</title></\(element)>" } ?? "/>"
    }
}
