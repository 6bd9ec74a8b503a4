import AttendCheckpoints

/// A copy of a GGUF file with some values or tensors changed.
struct GGUFCopy {
    var values: [(key: String, value: GGUFValue)]
    var items: [GGUFWriter.Item]

    /// All of a file, its tensors as float32.
    init(of path: String) throws {
        let file = try GGUFFile(path: path)
        values = try file.metadata.keys.compactMap { key in
            try file.metadata.value(key).map { (key: key, value: $0) }
        }
        items = try file.entries.map { entry in
            GGUFWriter.Item(
                name: entry.name, shape: entry.shape, type: .float32,
                elements: try file.floats(entry.name))
        }
    }

    subscript(key: String) -> GGUFValue? {
        get { values.first { $0.key == key }?.value }
        set {
            let place = values.firstIndex { $0.key == key } ?? values.count
            values.removeAll { $0.key == key }
            if let newValue {
                values.insert((key: key, value: newValue), at: min(place, values.count))
            }
        }
    }

    func write(to path: String) throws {
        try GGUFWriter.write(metadata: values, tensors: items, to: path)
    }
}
