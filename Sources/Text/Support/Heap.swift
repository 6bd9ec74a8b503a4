/// A queue from which the least element comes first, whatever the order in which they were put in.
///
/// - Complexity: O(log n) for each element put in or taken out.
struct Heap<Element: Comparable> {
    private var elements: [Element]

    /// A queue that holds `elements`, in any order.
    init(_ elements: [Element] = []) {
        self.elements = elements
        for index in (0..<elements.count / 2).reversed() { sink(index) }
    }

    /// Puts an element in.
    mutating func insert(_ element: Element) {
        elements.append(element)
        var index = elements.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard elements[index] < elements[parent] else { return }
            elements.swapAt(index, parent)
            index = parent
        }
    }

    /// Takes out the least element; nil where there is none.
    mutating func popFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        if !elements.isEmpty {
            elements[0] = last
            sink(0)
        }
        return first
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = 2 * index + 1
            guard least < elements.count else { return }
            if least + 1 < elements.count, elements[least + 1] < elements[least] { least += 1 }
            guard elements[least] < elements[index] else { return }
            elements.swapAt(index, least)
            index = least
        }
    }
}
