internal import AttendLayers

/// Collects the maps of a layout in the order of a model's parameters, layer by layer.
struct LayoutBuilder {
    /// What has been collected.
    var layout = CheckpointLayout([])
    /// The width of the residual stream.
    let width: Int
    /// Whether the file counts the elements of the residual stream in halves where the model has them in turns.
    let streamStandsInHalves: Bool

    init(width: Int, streamStandsInHalves: Bool = false) {
        self.width = width
        self.streamStandsInHalves = streamStandsInHalves
    }

    /// What a linear map does with the residual stream.
    enum Access {
        /// Its inputs are the stream's elements.
        case reads
        /// Its outputs are.
        case writes
        /// Both are.
        case readsAndWrites
        /// Neither.
        case none
    }

    /// One tensor of the file as it is.
    mutating func same(_ name: String, _ shape: [Int], from theirs: String) {
        layout.maps.append(TensorMap(name, shape, from: theirs))
    }

    /// Vectors of the residual stream's width, one for each id.
    mutating func table(_ name: String, rows: Int, from theirs: String) {
        layout.maps.append(
            TensorMap(name, [rows, width], from: theirs, arrangement: arrangement(.reads)))
    }

    /// A vector for each place, after rows of the file's table that no place has.
    mutating func places(_ name: String, _ count: Int, after unused: Int, from theirs: String) {
        layout.maps.append(
            TensorMap(
                name, [count, width],
                parts: [
                    TensorPart(
                        theirs, [unused + count, width], unusedRows: unused, rows: 0..<count)
                ]))
    }

    /// A norm of the residual stream, whose bias a file has always; one that the model has not is written as zeros.
    mutating func norm(_ name: String, hasBias: Bool, from theirs: String) {
        vector("\(name).weight", [width], "\(theirs).weight", .writes)
        bias(name, width, exists: hasBias, [theirs], .writes)
    }

    /// A linear map, which several of the file may make up: `[outputs, inputs]`.
    ///
    /// - Parameters:
    ///   - theirs: the file's maps, equally tall, in the order of the model's rows.
    ///   - hasBias: whether the model has a bias; nil where the file has none either.
    mutating func linear(
        _ name: String, outputs: Int, inputs: Int, hasBias: Bool?, _ access: Access,
        from theirs: [String]
    ) {
        let height = outputs / theirs.count
        layout.maps.append(
            TensorMap(
                "\(name).weight", [outputs, inputs],
                parts: theirs.enumerated().map { number, theirs in
                    TensorPart(
                        "\(theirs).weight", [height, inputs],
                        rows: number * height..<(number + 1) * height,
                        arrangement: arrangement(access))
                }))
        if let hasBias { bias(name, outputs, exists: hasBias, theirs, access) }
    }

    private mutating func bias(
        _ name: String, _ size: Int, exists: Bool, _ theirs: [String], _ access: Access
    ) {
        let height = size / theirs.count
        guard exists else {
            layout.constants += theirs.map { .init("\($0).bias", [height]) }
            return
        }
        layout.maps.append(
            TensorMap(
                "\(name).bias", [size],
                parts: theirs.enumerated().map { number, theirs in
                    TensorPart(
                        "\(theirs).bias", [height], rows: number * height..<(number + 1) * height,
                        arrangement: vectorArrangement(access))
                }))
    }

    private mutating func vector(
        _ name: String, _ shape: [Int], _ theirs: String, _ access: Access
    ) {
        layout.maps.append(
            TensorMap(name, shape, from: theirs, arrangement: vectorArrangement(access)))
    }

    /// Inputs are columns and outputs rows.
    private func arrangement(_ access: Access) -> Arrangement {
        guard streamStandsInHalves else { return .same }
        return switch access {
        case .reads: Arrangement(columnsStandInHalves: true)
        case .writes: Arrangement(rowsStandInHalves: true)
        case .readsAndWrites: Arrangement(rowsStandInHalves: true, columnsStandInHalves: true)
        case .none: .same
        }
    }

    /// A vector has no inputs.
    private func vectorArrangement(_ access: Access) -> Arrangement {
        let isStream = access == .writes || access == .readsAndWrites
        return streamStandsInHalves && isStream ? Arrangement(rowsStandInHalves: true) : .same
    }
}
