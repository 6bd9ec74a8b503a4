/// A rectangle in the coordinates of a figure, y downwards.
struct Box {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    /// Whether the point is inside or on the edge.
    func contains(_ point: (x: Double, y: Double)) -> Bool {
        point.x >= left && point.x <= right && point.y >= top && point.y <= bottom
    }

    /// Whether the other box is wholly inside.
    func contains(_ other: Box) -> Bool {
        other.left >= left && other.right <= right && other.top >= top && other.bottom <= bottom
    }

    /// Whether the boxes share an area.
    func overlaps(_ other: Box) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
}
